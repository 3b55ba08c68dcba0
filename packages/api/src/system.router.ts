import { system } from '@synap/contracts';
import { systemExamples } from './system.examples.js';
import { publicProcedure, router, superuserProcedure } from './trpc.js';

const tags = ['system'];

export const systemRouter = router({
  health: publicProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'GET',
        path: '/health',
        tags,
        summary: 'Check the health of the service',
        examples: systemExamples.health,
      },
    })
    .output(system.health.output)
    .query(({ ctx }) => ctx.services.system.health(ctx.call)),

  meta: publicProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'GET',
        path: '/meta',
        tags,
        summary: 'Describe this instance',
        examples: systemExamples.meta,
      },
    })
    .output(system.meta.output)
    .query(({ ctx }) => ctx.services.system.meta(ctx.call)),

  routes: superuserProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'GET',
        path: '/debug/routes',
        tags,
        summary: 'List all routes',
        examples: systemExamples.routes,
      },
    })
    .input(system.routes.input)
    .output(system.routes.output)
    .query(({ ctx, input }) => ctx.services.system.routes(ctx.call, input)),
});
