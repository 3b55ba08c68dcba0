import type { AccessControl, Session } from './session.js';

/** A client that acts by an API key: there is no session to begin, renew or end. */
export function createKeyAccess(apiKey: string): { $session: Session; access: AccessControl } {
  const current = { status: 'signed-in' } as const;
  const refuse = () =>
    Promise.reject(
      new TypeError('This client uses an API key: make one without `auth.apiKey` to sign in.'),
    );
  return {
    access: {
      prepare: () => Promise.resolve(),
      token: () => apiKey,
      renew: () => Promise.resolve(),
    },
    $session: {
      current,
      subscribe: () => () => undefined,
      ready: () => Promise.resolve(current),
      signIn: refuse,
      signOut: refuse,
      restore: refuse,
      close: () => undefined,
    },
  };
}
