import { events } from '@synap/contracts';
import { eventsExamples } from './events.examples.js';
import { router, superuserProcedure } from './trpc.js';

export const eventsRouter = router({
  list: superuserProcedure
    .meta({
      scope: null,
      openapi: { method: 'GET', path: '/events', tags: ['events'], summary: 'List events', examples: eventsExamples.list },
    })
    .input(events.list.input)
    .output(events.list.output)
    .query(({ ctx, input }) => ctx.services.events.list(ctx.call, input)),
});
