import { defineWidget, ModuleError } from '@synap/module-sdk';
import { z } from 'zod';
import { configSchema } from '../config.js';
import { branchOf } from '../history.js';
import { readRepository } from '../reading.js';
import { listRepositories } from '../repository.js';

export const repositoriesWidget = defineWidget({
  id: 'repositories',
  title: 'Repositories',
  view: 'list',
  configSchema,
  maxAge: 30,
  paramsSchema: z.strictObject({}),
  dataSchema: z.object({
    repositories: z.array(
      z.object({
        name: z.string(),
        branch: z.string().nullable().describe('Null when HEAD is on no branch.'),
        head: z.string().nullable().describe('The hash of the commit HEAD is at; null before the first one.'),
        error: z.string().optional().describe('Why it cannot be read, and what to do.'),
      }),
    ),
  }),
  async load(_, context) {
    const repositories = [];
    for (const listed of listRepositories(context.config)) {
      const { name } = listed;
      try {
        repositories.push(
          await readRepository(listed, context, async (call, head) => ({ name, branch: await branchOf(call), head })),
        );
      } catch (error) {
        if (!(error instanceof ModuleError)) throw error;
        repositories.push({ name, branch: null, head: null, error: error.message });
      }
    }
    return { repositories };
  },
});
