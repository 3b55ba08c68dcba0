import { type EventsService, notFound } from '@synap/contracts';
import { pageById } from '../paging.js';
import type { EventsRepository } from './events.repository.js';

/** Creates the service that reads events of modules, identity and access. */
export function createEventsService({ events }: { events: EventsRepository }): EventsService {
  return {
    async get(_call, { id }) {
      const event = await events.find(id);
      if (!event) throw notFound('Event not found');
      return event;
    },
    list: async (_call, input) => pageById(await events.list(input), input.size),
  };
}
