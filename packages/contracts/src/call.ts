import type { Role } from './users/users.schemas.js';

/** Rights of an API key. */
export interface ApiKeyGrant {
  id: string;
  scopes: readonly string[];
  /** The only dashboard that the key may access; null for all dashboards of its owner. */
  dashboardId: string | null;
}

/** A signed-in user, or the owner of an acting API key. */
export interface UserActor {
  kind: 'user';
  userId: string;
  email: string;
  role: Role;
  /** Null if an API key acts. */
  sessionId: string | null;
  /** True if the address is verified. */
  verified: boolean;
  /** True if the password must be changed first: a session may do only that, and a key nothing. */
  mustChangePassword?: boolean;
  /** Absent if a session acts, which has all rights of its user. */
  key?: ApiKeyGrant;
}

export interface AnonymousActor {
  kind: 'anonymous';
}

export type Actor = UserActor | AnonymousActor;

/** A stored response that can be replayed byte for byte. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** A request that takes effect once, however often it is sent. */
export interface IdempotentRequest {
  /**
   * Storage key: the `Idempotency-Key` (1 to 255 visible ASCII characters), prefixed by the id of
   * an acting API key.
   */
  readonly key: string;
  /** Path of the procedure in the router; keys are scoped per procedure. */
  readonly procedure: string;
  /** Hash of the input. */
  readonly fingerprint: string;
  answerTo(output: unknown): Promise<StoredAnswer>;
}

/**
 * Set when the key is claimed, which is after the call was created: the fingerprint requires the
 * parsed input.
 */
export interface Idempotency {
  request?: IdempotentRequest;
}

/** The refresh token cookie of a browser. Sign-in sets it; refresh and sign-out read it. */
export interface RefreshCookie {
  /** True if the request carries the cookie, valid or not. */
  readonly present: boolean;
  /**
   * Returns its token.
   * @throws `forbidden` if the request does not prove that one of our pages sent it
   */
  read(): string | undefined;
  /** @throws `bad_request` if the response cannot carry a cookie */
  demandSettable(): void;
  set(refreshToken: string, maxAgeSeconds: number): void;
  clear(): void;
}

/**
 * State of a rate limit that a call counts against (`RateLimit`,
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

/** Metadata of a call beside its input: caller, origin and cancellation. */
export interface Call<A extends Actor = Actor> {
  actor: A;
  requestId: string;
  /** The client's network address, as far as the trusted proxies tell. */
  address: string;
  userAgent?: string | undefined;
  signal: AbortSignal;
  /** Present if the call supports an `Idempotency-Key`; shared by all copies of the call. */
  idempotency?: Idempotency | undefined;
  /** Absent if the transport has no cookies. */
  cookie?: RefreshCookie | undefined;
  /** Reports a limit to the client; absent if the transport has no headers. */
  reportLimit?: ReportLimit | undefined;
}

export type UserCall = Call<UserActor>;

/**
 * Authenticates an access token or API key.
 * @throws `unauthenticated` if it is invalid, expired, revoked or removed
 */
export type Authenticate = (token: string) => Promise<Actor>;
