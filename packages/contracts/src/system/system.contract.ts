import { contract, type ServiceOf } from '../contract.js';
import { pageInput, pageOf } from '../paging.js';
import { version } from './system.examples.js';
import { healthSchema, metaSchema, routeSchema } from './system.schemas.js';

export * from './system.schemas.js';

export const system = contract(
  { name: 'system', description: 'The service itself' },
  {
    health: {
      access: 'public',
      scope: null,
      method: 'GET',
      path: '/health',
      summary: 'Check the health of the service',
      output: healthSchema,
      examples: { output: { status: 'ok', database: 'ready', version } },
    },
    meta: {
      access: 'public',
      scope: null,
      method: 'GET',
      path: '/meta',
      summary: 'Describe this instance',
      output: metaSchema,
      examples: {
        output: { name: 'Synap', version, environment: 'production', signup: 'invite', docs: null },
      },
    },
    routes: {
      access: 'superuser',
      scope: null,
      method: 'GET',
      path: '/debug/routes',
      summary: 'List all routes',
      input: pageInput.prefault({}),
      output: pageOf(routeSchema),
      examples: {
        input: { size: 20 },
        output: {
          items: [
            {
              procedure: 'dashboards.get',
              type: 'query',
              method: 'GET',
              path: '/api/v1/dashboards/{id}',
              access: 'user',
              scope: 'dashboards:read',
            },
            {
              procedure: 'system.health',
              type: 'query',
              method: 'GET',
              path: '/api/v1/health',
              access: 'public',
              scope: null,
            },
          ],
          nextCursor: null,
        },
        problems: { 403: { code: 'forbidden', detail: 'Superuser role required.' } },
      },
    },
  },
);

export type SystemService = ServiceOf<typeof system>;
