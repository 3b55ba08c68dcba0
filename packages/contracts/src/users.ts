import { z } from 'zod';
import { acceptedSchema, type Endpoint, idSchema, type ServiceOf } from './contract.js';
import { emailSchema } from './mail-address.js';
import { lineSchema, textSchema } from './text.js';

export const roleSchema = z.enum(['user', 'superuser']);
export type Role = z.output<typeof roleSchema>;

export const userSchema = z
  .object({
    id: idSchema,
    email: z.string(),
    name: z.string(),
    role: roleSchema,
    createdAt: z.date(),
    updatedAt: z.date(),
  })
  .meta({ id: 'User' });
export type User = z.output<typeof userSchema>;

export const updateMeSchema = z.object({ name: lineSchema(1, 100).optional() });

export const passwordInput = textSchema(1, 256);
/** The documents state these bounds; the password policy enforces and explains them. */
export const newPasswordInput = passwordInput.meta({ minLength: 12, maxLength: 128 });

export const changePasswordSchema = z.object({
  currentPassword: passwordInput,
  newPassword: newPasswordInput,
});

export const changeEmailSchema = z.object({ email: emailSchema, currentPassword: passwordInput });

export const removeMeSchema = z.object({ password: passwordInput });

export const users = {
  me: { access: 'user', output: userSchema },
  updateMe: { access: 'user', input: updateMeSchema, output: userSchema },
  changePassword: { access: 'user', input: changePasswordSchema, output: z.void() },
  changeEmail: { access: 'user', input: changeEmailSchema, output: acceptedSchema },
  removeMe: { access: 'user', input: removeMeSchema, output: z.void() },
} as const satisfies Record<string, Endpoint>;

export type UsersService = ServiceOf<typeof users>;
