import { z } from 'zod';
import { contract, type ServiceOf } from '../contract.js';
import { pageInput, pageOf } from '../paging.js';
import { idSchema, slugSchema } from '../scalars.js';
import {
  closed,
  feed,
  git,
  noModule,
  noRun,
  nothingToDo,
  queuedRun,
  run,
} from './modules.examples.js';
import { moduleIdInput, moduleRunSchema, moduleSchema } from './modules.schemas.js';

export * from './modules.schemas.js';

export const modules = contract(
  { name: 'modules', description: 'Plug-ins and their background synchronisation' },
  {
    list: {
      access: 'user',
      scope: 'modules:read',
      method: 'GET',
      path: '/modules',
      summary: 'List the modules found, also those that failed to load',
      input: pageInput.prefault({}),
      output: pageOf(moduleSchema),
      examples: {
        input: { size: 20 },
        output: { items: [feed, git], nextCursor: null },
      },
    },
    get: {
      access: 'user',
      scope: 'modules:read',
      method: 'GET',
      path: '/modules/{id}',
      summary: 'Get a module',
      input: moduleIdInput,
      output: moduleSchema,
      examples: { input: { id: 'git' }, output: git, problems: { 404: noModule } },
    },
    sync: {
      access: 'user',
      scope: 'modules:sync',
      method: 'POST',
      path: '/modules/{id}/sync',
      summary: 'Synchronise a module now',
      successStatus: 202,
      errors: [403, 404, 409],
      input: moduleIdInput,
      output: z.object({ runId: idSchema }),
      examples: {
        input: { id: 'git' },
        output: { runId: queuedRun.id },
        problems: { 403: closed, 404: noModule, 409: nothingToDo },
      },
    },
    runs: {
      access: 'user',
      scope: 'modules:read',
      method: 'GET',
      path: '/modules/{id}/runs',
      summary: 'List the runs of a module',
      errors: [403, 404],
      input: pageInput.extend({ id: slugSchema }),
      output: pageOf(moduleRunSchema),
      examples: {
        input: { id: 'git', size: 2 },
        output: {
          items: [queuedRun, run],
          nextCursor: 'MDE5YWE1ZDItNzFjOC03YjNlLWE1ZjAtOGU0ZDJjNmI5YTE3',
        },
        problems: { 403: closed, 404: noModule },
      },
    },
    run: {
      access: 'user',
      scope: 'modules:read',
      method: 'GET',
      path: '/modules/{id}/runs/{runId}',
      summary: 'Get a run',
      errors: [403, 404],
      input: z.object({ id: slugSchema, runId: idSchema }),
      output: moduleRunSchema,
      examples: {
        input: { id: 'git', runId: queuedRun.id },
        output: queuedRun,
        problems: { 403: closed, 404: noRun },
      },
    },
  },
);

export type ModulesService = ServiceOf<typeof modules>;
