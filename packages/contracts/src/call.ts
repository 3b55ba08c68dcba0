import type { Role } from './users.js';

/** Someone who is signed in. */
export interface UserActor {
  kind: 'user';
  userId: string;
  email: string;
  role: Role;
  sessionId: string;
}

export interface AnonymousActor {
  kind: 'anonymous';
}

export type Actor = UserActor | AnonymousActor;

/** What travels with every call beside its input: who calls, from where, and whether anybody still waits for the answer. */
export interface Call<A extends Actor = Actor> {
  actor: A;
  requestId: string;
  /** The client's network address, as far as the trusted proxies tell. */
  address: string;
  userAgent?: string | undefined;
  signal: AbortSignal;
}

export type UserCall = Call<UserActor>;
