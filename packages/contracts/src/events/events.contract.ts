import { contract, type ServiceOf } from '../contract.js';
import { pageOf } from '../paging.js';
import { idInput } from '../scalars.js';
import { started } from './events.examples.js';
import { eventSchema, listEventsInput } from './events.schemas.js';

export * from './events.schemas.js';

export const events = contract(
  { name: 'events', description: 'The audit log; its entries cannot be changed' },
  {
    get: {
      access: 'superuser',
      scope: null,
      method: 'GET',
      path: '/events/{id}',
      summary: 'Get an event',
      input: idInput,
      output: eventSchema,
      examples: { input: { id: started.id }, output: started },
    },
    list: {
      access: 'superuser',
      scope: null,
      method: 'GET',
      path: '/events',
      summary: 'List events',
      input: listEventsInput.prefault({}),
      output: pageOf(eventSchema),
      examples: {
        input: { source: 'user', size: 1 },
        output: { items: [started], nextCursor: null },
      },
    },
  },
);

export type EventsService = ServiceOf<typeof events>;
