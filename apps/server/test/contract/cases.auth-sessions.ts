import { randomUUID } from 'node:crypto';
import { admin } from '../server-under-test.js';
import type { ContractCase } from './contract-case.js';
import { byCall, byInput, byKeyWithoutScope } from './error-cases.js';
import type { Caller, Fixture } from './fixture.js';

const signedIn = { anonymous: 401, user: 200, other: 200, superuser: 200 } as const;

/** Creates a separate session, because ending the caller's would break later cases. */
async function newAccessToken({ signIn }: Fixture, caller: Caller) {
  return (await (caller === 'superuser' ? signIn(admin) : signIn())).accessToken;
}

const idOf = (accessToken: string): string =>
  JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8')).sid;

export const cases: Record<string, ContractCase> = {
  'auth.token': {
    callers: { anonymous: 200, user: 200, other: 200, superuser: 200 },
    validCall: ({ guest }) => ({
      input: { grant_type: 'password', username: guest.email, password: guest.password },
    }),
    changes: true,
    volatileFields: ['/access_token', '/refresh_token'],
    errors: {
      400: byInput({ username: 'ann@example.org' }),
      403: 'only for a form of another site: lockouts.e2e.test.ts',
    },
  },
  'auth.sessions.list': {
    callers: signedIn,
    validCall: () => ({ input: {} }),
    changes: false,
    volatileFields: ['/items'],
    errors: { 400: byInput({ size: 101 }), 403: byKeyWithoutScope },
  },
  'auth.sessions.revoke': {
    callers: { anonymous: 401, user: 204, other: 204, superuser: 204 },
    async validCall(fixture, caller) {
      if (caller === 'anonymous') return { input: { id: randomUUID() } };
      const token = await newAccessToken(fixture, caller);
      return { token, input: { id: idOf(token) } };
    },
    changes: true,
    errors: {
      400: byInput({ id: 'no uuid' }),
      403: byKeyWithoutScope,
      404: byCall(async (fixture) => ({ input: { id: idOf(fixture.tokenOf('other') ?? '') } })),
    },
  },
  'auth.sessions.revokeOthers': {
    callers: { anonymous: 401, user: 204, other: 204, superuser: 204 },
    async validCall({ server }, caller) {
      if (caller === 'anonymous') return {};
      // Uses a separate user with one other session, because all of them end.
      const person = await server.newUser();
      await server.signIn(person);
      return { token: person.token };
    },
    changes: true,
    errors: { 403: byKeyWithoutScope },
  },
};
