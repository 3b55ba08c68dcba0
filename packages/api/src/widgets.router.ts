import { widgets } from '@synap/contracts';
import { authedProcedure, router } from './trpc.js';
import { widgetsExamples } from './widgets.examples.js';

const tags = ['widgets'];

export const widgetsRouter = router({
  list: authedProcedure
    .meta({
      scope: 'widgets:read',
      openapi: {
        method: 'GET',
        path: '/widgets',
        tags,
        summary: 'List the widgets that modules offer',
        examples: widgetsExamples.list,
      },
    })
    .input(widgets.list.input)
    .output(widgets.list.output)
    .query(({ ctx, input }) => ctx.services.widgets.list(ctx.call, input)),

  data: authedProcedure
    .meta({
      scope: 'widgets:read',
      openapi: {
        method: 'GET',
        path: '/widget-data/{moduleId}/{widgetId}',
        tags,
        summary: 'Get the data of a widget',
        description:
          'Pass parameters by name in the query: `?limit=10`. Also accepted as `widgetParams[limit]=10` and as JSON in `widgetParams`.',
        aliases: [
          {
            method: 'POST',
            path: '/widget-data/{moduleId}/{widgetId}',
            operationId: 'widgetsQuery',
            summary: 'Get the data of a widget, with parameters as JSON',
          },
        ],
        freeParameters: { field: 'params', name: 'widgetParams' },
        errors: [403, 404, 503],
        examples: widgetsExamples.data,
      },
    })
    .input(widgets.data.input)
    .output(widgets.data.output)
    .query(({ ctx, input }) => ctx.services.widgets.data(ctx.call, input)),
});
