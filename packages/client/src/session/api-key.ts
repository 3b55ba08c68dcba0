import type { AccessControl, Session } from './session.js';

/** Access with an API key: there is no session to start, renew or end. */
export function createKeyAccess(apiKey: string): { $session: Session; access: AccessControl } {
  const current = { status: 'signed-in' } as const;
  const reject = () =>
    Promise.reject(
      new TypeError('This client uses an API key: create one without `auth.apiKey` to sign in.'),
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
      signIn: reject,
      signOut: reject,
      restore: reject,
      close: () => undefined,
    },
  };
}
