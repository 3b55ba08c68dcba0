import { auth, authSessions, type Tokens } from '@synap/contracts';
import { exampleOf } from './example.js';
import { ann } from './users.examples.js';

const tokens = {
  accessToken: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…',
  refreshToken: 'eyJzaWQiOiIwMTlhYTVjOC02MTJmIn0…',
  tokenType: 'Bearer',
  expiresIn: 600,
} satisfies Tokens;
const password = 'four words make a passphrase';

export const linkToken = 'mB1uW0n3yq8Jc5Zt7Lr2Xk9Vd4Hs6Pf0Ga-Te_Yo1Qi';
export const spentLink = {
  code: 'bad_request',
  detail: 'This link is invalid, used or expired: ask for a new one',
  errors: [{ pointer: '/token', message: 'Invalid, used or expired', code: 'invalid_token' }],
};

export const authExamples = {
  register: exampleOf(auth.register, {
    input: { email: ann.email, password, name: ann.name },
    output: { accepted: true },
    problems: {
      403: {
        code: 'forbidden',
        detail: 'Sign-up is by invitation only: ask an administrator for one',
      },
    },
  }),
  login: exampleOf(auth.login, {
    input: { email: ann.email, password },
    output: tokens,
    problems: {
      401: { code: 'unauthenticated', detail: 'E-mail address or password is wrong' },
      403: { code: 'forbidden', detail: 'This account is disabled: ask an administrator' },
    },
  }),
  reauthenticate: exampleOf(auth.reauthenticate, { input: { password } }),
  refresh: exampleOf(auth.refresh, {
    input: { refreshToken: tokens.refreshToken },
    output: tokens,
    problems: {
      401: {
        code: 'unauthenticated',
        detail: 'The refresh token is no longer valid: sign in again',
      },
    },
  }),
  token: exampleOf(auth.token, {
    input: { grant_type: 'password', username: ann.email, password },
    output: {
      access_token: tokens.accessToken,
      refresh_token: tokens.refreshToken,
      token_type: 'bearer',
      expires_in: tokens.expiresIn,
    },
    problems: {
      400: { code: 'invalid_grant', detail: 'E-mail address or password is wrong', errors: [] },
    },
  }),
  verify: exampleOf(auth.verify, { input: { token: linkToken }, problems: { 400: spentLink } }),
  resend: exampleOf(auth.resend, { input: { email: ann.email }, output: { accepted: true } }),
  forgot: exampleOf(auth.forgot, { input: { email: ann.email }, output: { accepted: true } }),
  reset: exampleOf(auth.reset, {
    input: { token: linkToken, newPassword: password },
    problems: { 400: spentLink },
  }),
  sessionsList: exampleOf(authSessions.list, {
    input: { size: 20 },
    output: {
      items: [
        {
          id: '019aa5c8-612f-7b21-8c0e-4d5f6a7b8c9d',
          device: 'Firefox on Linux',
          userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
          address: '192.0.2.17',
          createdAt: new Date('2026-11-20T17:40:09.118Z'),
          lastUsedAt: new Date('2026-11-21T08:02:33.540Z'),
          current: true,
        },
      ],
      nextCursor: null,
    },
  }),
  sessionsRevoke: exampleOf(authSessions.revoke, {
    input: { id: '019aa5c8-612f-7b21-8c0e-4d5f6a7b8c9d' },
  }),
  me: exampleOf(auth.me, { output: ann }),
};
