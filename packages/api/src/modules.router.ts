import { modules } from '@synap/contracts';
import { modulesExamples } from './modules.examples.js';
import { authedProcedure, router } from './trpc.js';

const tags = ['modules'];

export const modulesRouter = router({
  list: authedProcedure
    .meta({
      scope: 'modules:read',
      openapi: {
        method: 'GET',
        path: '/modules',
        tags,
        summary: 'List the modules found, also those that failed to load',
        examples: modulesExamples.list,
      },
    })
    .input(modules.list.input)
    .output(modules.list.output)
    .query(({ ctx, input }) => ctx.services.modules.list(ctx.call, input)),

  get: authedProcedure
    .meta({
      scope: 'modules:read',
      openapi: {
        method: 'GET',
        path: '/modules/{id}',
        tags,
        summary: 'Get a module',
        examples: modulesExamples.get,
      },
    })
    .input(modules.get.input)
    .output(modules.get.output)
    .query(({ ctx, input }) => ctx.services.modules.get(ctx.call, input)),

  sync: authedProcedure
    .meta({
      scope: 'modules:sync',
      openapi: {
        method: 'POST',
        path: '/modules/{id}/sync',
        tags,
        summary: 'Synchronise a module now',
        successStatus: 202,
        errors: [403, 404, 409],
        examples: modulesExamples.sync,
      },
    })
    .input(modules.sync.input)
    .output(modules.sync.output)
    .mutation(({ ctx, input }) => ctx.services.modules.sync(ctx.call, input)),

  runs: authedProcedure
    .meta({
      scope: 'modules:read',
      openapi: {
        method: 'GET',
        path: '/modules/{id}/runs',
        tags,
        summary: 'List the runs of a module',
        errors: [403, 404],
        examples: modulesExamples.runs,
      },
    })
    .input(modules.runs.input)
    .output(modules.runs.output)
    .query(({ ctx, input }) => ctx.services.modules.runs(ctx.call, input)),

  run: authedProcedure
    .meta({
      scope: 'modules:read',
      openapi: {
        method: 'GET',
        path: '/modules/{id}/runs/{runId}',
        tags,
        summary: 'Get a run',
        errors: [403, 404],
        examples: modulesExamples.run,
      },
    })
    .input(modules.run.input)
    .output(modules.run.output)
    .query(({ ctx, input }) => ctx.services.modules.run(ctx.call, input)),
});
