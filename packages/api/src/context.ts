import type { Actor, Call, Services } from '@synap/contracts';

/**
 * What a procedure is called with: the services, and who calls from where. Made once a request; a
 * batch shares it.
 */
export interface Context {
  services: Services;
  /** The call as anybody could make it. */
  call: Call;
  /**
   * Tells who is signed in. Answers the same for each call of a request; throws `unauthenticated`
   * for a bad token.
   */
  authenticate(): Promise<Actor>;
  /** True if the request carries the token of the private API. */
  hasPrivateToken: boolean;
}
