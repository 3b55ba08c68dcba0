import { z } from 'zod';
import { contract, type ServiceOf, type Tag } from '../contract.js';
import { acceptedSchema } from '../scalars.js';
import { ann } from '../users/users.examples.js';
import { userSchema } from '../users/users.schemas.js';
import { linkToken, password, spentLink, tokens } from './auth.examples.js';
import {
  addressSchema,
  loginSchema,
  reauthenticateSchema,
  refreshSchema,
  registerSchema,
  resetSchema,
  tokenAnswerSchema,
  tokenRequestSchema,
  tokensSchema,
  verifySchema,
} from './auth.schemas.js';

export * from './auth.schemas.js';

const cookieRule =
  "The cookie requires an `Origin` that is the service's own or in `CORS_ORIGINS`, and the header `X-Synap-Client: 1`; otherwise the call is forbidden.";
const sameAnswer =
  'The response is the same whether or not the address has an account; its owner gets a mail.';

/** Responses contain secrets: no cache and no idempotency store may keep them. */
const secret = { noStore: true, idempotent: false } as const;

/** Paths of common templates, as aliases for those who migrate. */
const aliasesSince = '2026-11-26';

export const authTag: Tag = { name: 'auth', description: 'Sign up, sign in, stay signed in' };

export const auth = contract(authTag, {
  register: {
    access: 'public',
    scope: null,
    method: 'POST',
    path: '/auth/register',
    summary: 'Sign up',
    description: sameAnswer,
    successStatus: 202,
    aliases: [{ method: 'POST', path: '/users/signup', deprecatedSince: aliasesSince }],
    ...secret,
    errors: [403, 503],
    input: registerSchema,
    output: acceptedSchema,
    examples: {
      input: { email: ann.email, password, name: ann.name },
      output: { accepted: true },
      problems: {
        403: {
          code: 'forbidden',
          detail: 'Sign-up is by invitation only: ask an administrator for one',
        },
      },
    },
  },
  login: {
    access: 'public',
    scope: null,
    method: 'POST',
    path: '/auth/login',
    summary: 'Sign in',
    description:
      'With `cookie: true`, for browsers: the refresh token is set as the cookie `__Host-rt-<8 hex digits>` (`__Secure-rt-…` if the service has a path below its host name, `rt-…` on plain localhost), which scripts cannot read, and is not in the response. The digits distinguish installations under one host name. Replacing a cookie ends its session.',
    ...secret,
    errors: [401, 403],
    input: loginSchema,
    output: tokensSchema,
    examples: {
      input: { email: ann.email, password },
      output: tokens,
      problems: {
        401: { code: 'unauthenticated', detail: 'E-mail address or password is wrong' },
        403: { code: 'forbidden', detail: 'This account is disabled: ask an administrator' },
      },
    },
  },
  refresh: {
    access: 'public',
    scope: null,
    method: 'POST',
    path: '/auth/refresh',
    summary: 'Exchange a refresh token for new tokens',
    description: `Without \`refreshToken\` the cookie is used, and the next token is set as the cookie. ${cookieRule}`,
    ...secret,
    errors: [401, 403],
    input: refreshSchema,
    output: tokensSchema,
    examples: {
      input: { refreshToken: tokens.refreshToken },
      output: tokens,
      problems: {
        401: {
          code: 'unauthenticated',
          detail: 'The refresh token is no longer valid: sign in again',
        },
      },
    },
  },
  token: {
    access: 'public',
    scope: null,
    method: 'POST',
    path: '/login/access-token',
    summary: 'Sign in with the OAuth2 password form',
    description:
      'For tools that support only this form, with `PASSWORD_GRANT=on`; otherwise the error is `unsupported_grant_type` (RFC 9700 §2.4). Errors are those of RFC 6749 §5.2, a wrong password is `invalid_grant`; only rate limits (429), server errors and forms of other sites (403) are problem details. `POST /auth/login` does the same.',
    form: true,
    errorFormat: 'oauth2',
    replacedBy: { path: '/auth/login', since: aliasesSince },
    ...secret,
    errors: [403],
    input: tokenRequestSchema,
    output: tokenAnswerSchema,
    examples: {
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
    },
  },
  verify: {
    access: 'public',
    scope: null,
    method: 'POST',
    path: '/auth/verify',
    summary: 'Verify an address with the link in a mail',
    successStatus: 204,
    ...secret,
    input: verifySchema,
    output: z.void(),
    examples: { input: { token: linkToken }, problems: { 400: spentLink } },
  },
  resend: {
    access: 'public',
    scope: null,
    method: 'POST',
    path: '/auth/resend',
    summary: 'Send the verification mail again',
    description: sameAnswer,
    successStatus: 202,
    ...secret,
    input: addressSchema,
    output: acceptedSchema,
    examples: { input: { email: ann.email }, output: { accepted: true } },
  },
  forgot: {
    access: 'public',
    scope: null,
    method: 'POST',
    path: '/auth/forgot',
    summary: 'Send a password reset mail',
    description: sameAnswer,
    successStatus: 202,
    aliases: [
      { method: 'POST', path: '/password-recovery/{email}', deprecatedSince: aliasesSince },
    ],
    ...secret,
    input: addressSchema,
    output: acceptedSchema,
    examples: { input: { email: ann.email }, output: { accepted: true } },
  },
  reset: {
    access: 'public',
    scope: null,
    method: 'POST',
    path: '/auth/reset',
    summary: 'Set a new password with the link in a mail',
    description: 'Ends all sessions of the account.',
    successStatus: 204,
    aliases: [{ method: 'POST', path: '/reset-password', deprecatedSince: aliasesSince }],
    ...secret,
    input: resetSchema,
    output: z.void(),
    examples: {
      input: { token: linkToken, newPassword: password },
      problems: { 400: spentLink },
    },
  },
  reauthenticate: {
    access: 'user',
    scope: null,
    method: 'POST',
    path: '/auth/reauthenticate',
    summary: 'Confirm the password again',
    description:
      'For ten minutes this session may then make calls that otherwise return 403 `reauthentication_required`.',
    successStatus: 204,
    ...secret,
    input: reauthenticateSchema,
    output: z.void(),
    examples: { input: { password } },
  },
  logout: {
    access: 'public',
    credentials: 'cookie',
    scope: null,
    method: 'POST',
    path: '/auth/logout',
    summary: 'End this session',
    description: `Without an access token the cookie is sufficient. ${cookieRule}`,
    protect: true,
    successStatus: 204,
    ...secret,
    errors: [401, 403],
    output: z.void(),
  },
  me: {
    access: 'user',
    scope: 'profile:read',
    beforePasswordChange: true,
    method: 'GET',
    path: '/auth/me',
    summary: 'Get the current user',
    noStore: true,
    output: userSchema,
    examples: { output: ann },
  },
});

export type AuthService = ServiceOf<typeof auth>;
