import { contract, type ServiceOf } from '../contract.js';
import { pageInput, pageOf } from '../paging.js';
import { commits, load } from './widgets.examples.js';
import { widgetDataInput, widgetDataSchema, widgetSchema } from './widgets.schemas.js';

export * from './widgets.schemas.js';

export const widgets = contract(
  { name: 'widgets', description: 'What modules offer to show, and its data' },
  {
    list: {
      access: 'user',
      scope: 'widgets:read',
      method: 'GET',
      path: '/widgets',
      summary: 'List the widgets that modules offer',
      input: pageInput.prefault({}),
      output: pageOf(widgetSchema),
      examples: {
        input: { size: 1 },
        output: { items: [load], nextCursor: 'aG9zdC9sb2Fk' },
      },
    },
    data: {
      access: 'user',
      scope: 'widgets:read',
      method: 'GET',
      path: '/widget-data/{moduleId}/{widgetId}',
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
      input: widgetDataInput,
      output: widgetDataSchema,
      examples: {
        input: { moduleId: 'git', widgetId: 'commits', params: { limit: 1 } },
        output: commits,
        problems: {
          400: {
            code: 'bad_request',
            detail: 'Faulty parameters for widget commits',
            errors: [
              {
                pointer: '/params/limit',
                message: 'Too big: expected number to be <=100',
                code: 'too_big',
              },
            ],
          },
          403: {
            code: 'forbidden',
            detail:
              'The operator has not opened the module "git" to you: SYNAP_GIT_ACCESS says who may read it.',
          },
          404: {
            code: 'not_found',
            detail:
              'The module "git" has no widget "tags"; it has: commits, authors, activity, repositories',
          },
          503: { code: 'unavailable', detail: 'The module is down' },
        },
      },
    },
  },
);

export type WidgetsService = ServiceOf<typeof widgets>;
