import { z } from 'zod';
import { emailSchema } from '../mail-address.js';
import { idSchema } from '../scalars.js';
import { lineSchema, textSchema } from '../text.js';

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
