import { z } from 'zod';
import { plainAddress } from '../client-address.js';
import { pageInput } from '../paging.js';
import { idSchema, jsonSchema, timeInput } from '../scalars.js';
import { textSchema } from '../text.js';

export const eventSchema = z
  .object({
    id: idSchema,
    source: z.enum(['module', 'user', 'system']),
    type: z.string().describe('Type of the event, such as `session.started`.'),
    subject: z.string().nullable().describe('Affected object, such as `user <id>`.'),
    moduleId: z.string().nullable(),
    actorId: idSchema
      .nullable()
      .describe('Id of the acting user; remains after that user is removed.'),
    address: z
      .string()
      .overwrite(plainAddress)
      .nullable()
      .describe('Network address of the request.'),
    requestId: z.string().nullable(),
    payload: jsonSchema,
    occurredAt: z.date(),
  })
  .meta({ id: 'Event' });
export type Event = z.output<typeof eventSchema>;

export const listEventsInput = pageInput.extend({
  source: z.enum(['module', 'user', 'system']).optional(),
  type: textSchema(1, 100).optional(),
  subject: textSchema(1, 300).optional(),
  actorId: idSchema.optional(),
  from: timeInput.optional().describe('Not before this time.'),
  to: timeInput.optional().describe('Before this time.'),
});
export type ListEvents = z.output<typeof listEventsInput>;
