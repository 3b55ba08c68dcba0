import { z } from 'zod';
import { emailSchema } from '../mail-address.js';
import { withAsciiDomain } from '../mail-domain.js';
import { lineSchema, textSchema } from '../text.js';
import { newPasswordInput, passwordInput } from '../users/users.schemas.js';

/** RFC 6749 §5.1, in camel case. */
export const tokensSchema = z
  .object({
    accessToken: z.string(),
    refreshToken: z.string().optional().describe('Absent in cookie mode: the cookie holds it.'),
    tokenType: z.literal('Bearer'),
    expiresIn: z.number().int().describe('Seconds until the access token expires.'),
  })
  .meta({ id: 'Tokens' });
export type Tokens = z.output<typeof tokensSchema>;

export const registerSchema = z.object({
  email: emailSchema,
  password: newPasswordInput,
  name: lineSchema(1, 100).optional(),
});
/** Normalised like `emailSchema`, but not validated as an address. */
const loginName = z.string().trim().toLowerCase().overwrite(withAsciiDomain).min(1).max(254);
export const loginSchema = z.object({
  email: loginName,
  password: passwordInput,
  cookie: z
    .boolean()
    .optional()
    .describe(
      'For browsers: the refresh token comes as an HttpOnly cookie instead of in the response.',
    ),
});
export const refreshSchema = z.object({
  refreshToken: textSchema(1, 500).optional().describe('Absent if the cookie holds it.'),
});

/** The OAuth2 password form (RFC 6749 §4.3.2). Client credentials are accepted and ignored. */
export const tokenRequestSchema = z.object({
  grant_type: z
    .literal(['password', ''])
    .optional()
    .describe('An empty value counts as omitted (RFC 6749 §3.2), which means `password`.'),
  username: loginName,
  password: passwordInput,
  scope: textSchema(0, 500).optional(),
  client_id: textSchema(0, 500).optional(),
  client_secret: textSchema(0, 500).optional(),
});

/** RFC 6749 §5.1, with its field names. */
export const tokenAnswerSchema = z
  .object({
    access_token: z.string(),
    refresh_token: z.string(),
    token_type: z.literal('bearer'),
    expires_in: z.number().int().describe('Seconds until the access token expires.'),
  })
  .meta({ id: 'TokenAnswer' });

/** Token of a mail link, after the `#`. */
const linkToken = textSchema(1, 200).describe(
  'Token from the link in the mail: the part after `#`.',
);
export const verifySchema = z.object({ token: linkToken });
export const addressSchema = z.object({ email: emailSchema });
export const resetSchema = z.object({ token: linkToken, newPassword: newPasswordInput });

export const reauthenticateSchema = z.object({ password: passwordInput });
