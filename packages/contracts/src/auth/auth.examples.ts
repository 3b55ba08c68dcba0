import type { Tokens } from './auth.schemas.js';

export const tokens = {
  accessToken: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…',
  refreshToken: 'eyJzaWQiOiIwMTlhYTVjOC02MTJmIn0…',
  tokenType: 'Bearer',
  expiresIn: 600,
} satisfies Tokens;
export const password = 'four words make a passphrase';

export const linkToken = 'mB1uW0n3yq8Jc5Zt7Lr2Xk9Vd4Hs6Pf0Ga-Te_Yo1Qi';
export const spentLink = {
  code: 'bad_request',
  detail: 'This link is invalid, used or expired: ask for a new one',
  errors: [{ pointer: '/token', message: 'Invalid, used or expired', code: 'invalid_token' }],
};
