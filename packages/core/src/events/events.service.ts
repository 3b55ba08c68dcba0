import type { EventsService } from '@synap/contracts';
import { pageById } from '../paging.js';
import type { EventsRepository } from './events.repository.js';

/** What happened: of modules, and of identity and access. */
export function createEventsService({ events }: { events: EventsRepository }): EventsService {
  return {
    list: async (_call, input) => pageById(await events.list(input), input.size),
  };
}
