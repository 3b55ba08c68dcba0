/** Counts what must not be tried without end. Each method throws `too_many_requests` when no further try is allowed now. */
export interface IdentityGuard {
  /** Before a sign-in's password is looked at. */
  login(email: string, address: string): Promise<void>;
  /** Told also of accounts that do not exist. */
  loginFailed(email: string, address: string): Promise<void>;
  loginSucceeded(email: string, address: string): Promise<void>;
  register(address: string): Promise<void>;
  /** Before the refresh token of a session is judged; only genuine tokens count, so nobody can use up another's tries. */
  refresh(sessionId: string): Promise<void>;
}

/** Lets everything pass. */
export const noIdentityGuard: IdentityGuard = {
  login: async () => {},
  loginFailed: async () => {},
  loginSucceeded: async () => {},
  register: async () => {},
  refresh: async () => {},
};
