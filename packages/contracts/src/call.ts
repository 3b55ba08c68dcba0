import type { Role } from './users.js';

/** What an API key may do. */
export interface ApiKeyGrant {
  id: string;
  scopes: readonly string[];
  /** The only dashboard that it reaches; null where it reaches all of its owner's. */
  dashboardId: string | null;
}

/** Someone who is signed in, or whose API key acts. */
export interface UserActor {
  kind: 'user';
  userId: string;
  email: string;
  role: Role;
  /** Null where an API key acts. */
  sessionId: string | null;
  /** Whether the address is known to be theirs. */
  verified: boolean;
  /** True if the session may do nothing but change the password, and a key nothing. */
  mustChangePassword?: boolean;
  /** Absent where a session acts, which may do all that its user may. */
  key?: ApiKeyGrant;
}

export interface AnonymousActor {
  kind: 'anonymous';
}

export type Actor = UserActor | AnonymousActor;

/** An answer that can be given again, byte for byte. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/**
 * A request that takes effect once, however often it is sent: what tells it from others, and how
 * its output is answered.
 */
export interface IdempotentRequest {
  /**
   * What is kept under: the `Idempotency-Key` (1 to 255 visible ASCII characters), after the id of
   * the API key where one acts.
   */
  readonly key: string;
  /** Path of the procedure in the router; a key means something else to another one. */
  readonly procedure: string;
  /** Hash of the input. */
  readonly fingerprint: string;
  answerTo(output: unknown): Promise<StoredAnswer>;
}

/**
 * Set by whoever claims the key, which is after the call was made: its fingerprint is known only
 * once the input was read.
 */
export interface Idempotency {
  request?: IdempotentRequest;
}

/**
 * The cookie that keeps a browser's refresh token. Sign-in sets it, refresh and sign-out read it,
 * nothing else does.
 */
export interface RefreshCookie {
  /** Whether the request carries one, good or bad. */
  readonly present: boolean;
  /**
   * The token in it. Throws `forbidden` where the request does not prove that a page of ours sent
   * it.
   */
  read(): string | undefined;
  /** Throws `bad_request` where the answer cannot carry a cookie. */
  demandSettable(): void;
  set(refreshToken: string, maxAgeSeconds: number): void;
  clear(): void;
}

/**
 * A limit that a call counts against, and what is left of it (`RateLimit`,
 * draft-ietf-httpapi-ratelimit-headers).
 */
export interface LimitState {
  name: string;
  /** Calls in each window. */
  points: number;
  /** Seconds. */
  window: number;
  remaining: number;
  /** Seconds until the window ends. */
  reset: number;
}

export type ReportLimit = (state: LimitState) => void;

/**
 * What travels with every call beside its input: who calls, from where, and whether anybody still
 * waits for the answer.
 */
export interface Call<A extends Actor = Actor> {
  actor: A;
  requestId: string;
  /** The client's network address, as far as the trusted proxies tell. */
  address: string;
  userAgent?: string | undefined;
  signal: AbortSignal;
  /**
   * Present where the call may come under an `Idempotency-Key`; shared by all copies of the call.
   */
  idempotency?: Idempotency | undefined;
  /** Absent where the call comes over no face that has cookies. */
  cookie?: RefreshCookie | undefined;
  /** Tells the client of a limit; absent if the transport has no headers. */
  reportLimit?: ReportLimit | undefined;
}

export type UserCall = Call<UserActor>;
