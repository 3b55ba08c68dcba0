import { events } from '@synap/contracts';
import { eventsExamples } from './events.examples.js';
import { router, superuserProcedure } from './trpc.js';

export const eventsRouter = router({
  get: superuserProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'GET',
        path: '/events/{id}',
        tags: ['events'],
        summary: 'Get an event',
        examples: eventsExamples.get,
      },
    })
    .input(events.get.input)
    .output(events.get.output)
    .query(({ ctx, input }) => ctx.services.events.get(ctx.call, input)),

  list: superuserProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'GET',
        path: '/events',
        tags: ['events'],
        summary: 'List events',
        examples: eventsExamples.list,
      },
    })
    .input(events.list.input)
    .output(events.list.output)
    .query(({ ctx, input }) => ctx.services.events.list(ctx.call, input)),
});
