import type { Actor, Call, Services } from '@synap/contracts';

/**
 * Context of a procedure call: services and caller. Created once per request; a batch shares it.
 */
export interface Context {
  services: Services;
  /** The call before authentication. */
  call: Call;
  /**
   * Authenticates the caller. Returns the same actor for each call of a request.
   * @throws `unauthenticated` for an invalid token
   */
  authenticate(): Promise<Actor>;
  /** True if the request carries the token of the private API. */
  hasPrivateToken: boolean;
}
