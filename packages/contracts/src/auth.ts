import { z } from 'zod';
import type { Endpoint, ServiceOf } from './contract.js';
import { lineSchema, textSchema } from './text.js';
import { emailSchema, userSchema } from './users.js';

const passwordInput = textSchema(1, 256);
/** The policy judges and explains; the document tells its bounds. */
const newPasswordInput = passwordInput.meta({ minLength: 12, maxLength: 128 });

/** RFC 6749 §5.1, in camel case. */
export const tokensSchema = z
  .object({
    accessToken: z.string(),
    refreshToken: z.string(),
    tokenType: z.literal('Bearer'),
    expiresIn: z.number().int().describe('Seconds until the access token expires.'),
  })
  .meta({ id: 'Tokens' });
export type Tokens = z.output<typeof tokensSchema>;

export const registerSchema = z.object({ email: emailSchema, password: newPasswordInput, name: lineSchema(1, 100).optional() });
export const loginSchema = z.object({ email: z.string().trim().toLowerCase().min(1).max(254), password: passwordInput });
export const refreshSchema = z.object({ refreshToken: textSchema(1, 500) });

export const acceptedSchema = z.object({ accepted: z.literal(true) }).meta({ id: 'Accepted' });

export const auth = {
  register: { access: 'public', input: registerSchema, output: acceptedSchema },
  login: { access: 'public', input: loginSchema, output: tokensSchema },
  refresh: { access: 'public', input: refreshSchema, output: tokensSchema },
  logout: { access: 'user', output: z.void() },
  me: { access: 'user', output: userSchema },
} as const satisfies Record<string, Endpoint>;

export type AuthService = ServiceOf<typeof auth>;
