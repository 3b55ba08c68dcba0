import { dashboards } from '@synap/contracts';
import { dashboardsExamples } from './dashboards.examples.js';
import { authedProcedure, router } from './trpc.js';

const tags = ['dashboards'];

export const dashboardsRouter = router({
  list: authedProcedure
    .meta({
      scope: 'dashboards:read',
      openapi: {
        method: 'GET',
        path: '/dashboards',
        tags,
        summary: 'List my dashboards',
        examples: dashboardsExamples.list,
      },
    })
    .input(dashboards.list.input)
    .output(dashboards.list.output)
    .query(({ ctx, input }) => ctx.services.dashboards.list(ctx.call, input)),

  create: authedProcedure
    .meta({
      scope: 'dashboards:write',
      openapi: {
        method: 'POST',
        path: '/dashboards',
        tags,
        summary: 'Create a dashboard',
        successStatus: 201,
        location: '/dashboards/{id}',
        examples: dashboardsExamples.create,
      },
    })
    .input(dashboards.create.input)
    .output(dashboards.create.output)
    .mutation(({ ctx, input }) => ctx.services.dashboards.create(ctx.call, input)),

  get: authedProcedure
    .meta({
      scope: 'dashboards:read',
      openapi: {
        method: 'GET',
        path: '/dashboards/{id}',
        tags,
        summary: 'Get a dashboard',
        versioned: true,
        examples: dashboardsExamples.get,
      },
    })
    .input(dashboards.get.input)
    .output(dashboards.get.output)
    .query(({ ctx, input }) => ctx.services.dashboards.get(ctx.call, input)),

  save: authedProcedure
    .meta({
      scope: 'dashboards:write',
      openapi: {
        method: 'PUT',
        path: '/dashboards/{id}',
        tags,
        summary: 'Save a dashboard',
        versioned: true,
        examples: dashboardsExamples.save,
      },
    })
    .input(dashboards.save.input)
    .output(dashboards.save.output)
    .mutation(({ ctx, input }) => ctx.services.dashboards.save(ctx.call, input)),

  upsert: authedProcedure
    .meta({
      scope: 'dashboards:write',
      openapi: {
        method: 'POST',
        path: '/dashboards/{id}',
        tags,
        summary: 'Save a dashboard, or create it under this id',
        versioned: true,
        examples: dashboardsExamples.upsert,
      },
    })
    .input(dashboards.upsert.input)
    .output(dashboards.upsert.output)
    .mutation(({ ctx, input }) => ctx.services.dashboards.upsert(ctx.call, input)),

  remove: authedProcedure
    .meta({
      scope: 'dashboards:write',
      openapi: {
        method: 'DELETE',
        path: '/dashboards/{id}',
        tags,
        summary: 'Delete a dashboard',
        versioned: true,
        successStatus: 204,
        examples: dashboardsExamples.remove,
      },
    })
    .input(dashboards.remove.input)
    .output(dashboards.remove.output)
    .mutation(({ ctx, input }) => ctx.services.dashboards.remove(ctx.call, input)),
});
