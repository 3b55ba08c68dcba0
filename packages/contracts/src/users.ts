import { z } from 'zod';
import { type Endpoint, idSchema, type ServiceOf } from './contract.js';
import { lineSchema } from './text.js';

export const roleSchema = z.enum(['user', 'superuser']);
export type Role = z.output<typeof roleSchema>;

export const emailSchema = z.string().trim().toLowerCase().max(254).meta({ format: 'email' }).pipe(z.email());

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

export const users = {
  me: { access: 'user', output: userSchema },
  updateMe: { access: 'user', input: updateMeSchema, output: userSchema },
} as const satisfies Record<string, Endpoint>;

export type UsersService = ServiceOf<typeof users>;
