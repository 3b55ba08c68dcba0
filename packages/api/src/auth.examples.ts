import { auth, type Tokens } from '@synap/contracts';
import { exampleOf } from './example.js';
import { ann } from './users.examples.js';

const tokens: Tokens = {
  accessToken: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…',
  refreshToken: 'eyJzaWQiOiIwMTlhYTVjOC02MTJmIn0…',
  tokenType: 'Bearer',
  expiresIn: 900,
};
const password = 'four words make a passphrase';

export const authExamples = {
  register: exampleOf(auth.register, {
    input: { email: ann.email, password, name: ann.name },
    output: { accepted: true },
    problems: { 403: { code: 'forbidden', detail: 'Sign-up is by invitation only: ask an administrator for one' } },
  }),
  login: exampleOf(auth.login, {
    input: { email: ann.email, password },
    output: tokens,
    problems: {
      401: { code: 'unauthenticated', detail: 'E-mail address or password is wrong' },
      403: { code: 'forbidden', detail: 'This account is disabled: ask an administrator' },
    },
  }),
  refresh: exampleOf(auth.refresh, {
    input: { refreshToken: tokens.refreshToken },
    output: tokens,
    problems: { 401: { code: 'unauthenticated', detail: 'The refresh token is not valid any more: sign in again' } },
  }),
  me: exampleOf(auth.me, { output: ann }),
};
