import { system } from '@synap/contracts';
import { exampleOf } from './example.js';

const version = '0.1.0';

export const systemExamples = {
  health: exampleOf(system.health, { output: { status: 'ok', database: 'ready', version } }),
  meta: exampleOf(system.meta, {
    output: { name: 'Synap', version, environment: 'production', signup: 'invite', docs: null },
  }),
  routes: exampleOf(system.routes, {
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
  }),
};
