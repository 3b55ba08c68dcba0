import { z } from 'zod';
import { plainAddress } from '../client-address.js';
import { idSchema } from '../scalars.js';

/** A session that has not ended. */
export const authSessionSchema = z
  .object({
    id: idSchema,
    device: z.string().describe('Short name of the user agent, such as "Firefox on Linux".'),
    userAgent: z.string().nullable(),
    address: z.string().overwrite(plainAddress),
    createdAt: z.date(),
    lastUsedAt: z.date().describe('Time of the last refresh.'),
    current: z.boolean().describe('True for the session of this call.'),
  })
  .meta({ id: 'AuthSession' });
export type AuthSession = z.output<typeof authSessionSchema>;
