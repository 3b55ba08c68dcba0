import { defineWidget, ModuleError } from '@synap/module-sdk';
import { z } from 'zod';
import { configSchema } from '../config.js';
import type { ReadContext } from '../context.js';
import type { GitCall } from '../git.js';
import { branchOf } from '../head.js';
import { readDeadlines, readRepository } from '../reading.js';
import { type ListedRepository, listRepositories } from '../repository.js';

const repositorySchema = z.object({
  name: z.string(),
  branch: z.string().nullable().describe('Null when HEAD is on no branch.'),
  head: z
    .string()
    .nullable()
    .describe('The hash of the commit HEAD is at; null before the first one.'),
  error: z.string().optional().describe('Why it cannot be read, and what to do.'),
});

const readAtOnce = 4;

export const repositoriesWidget = defineWidget({
  id: 'repositories',
  title: 'Repositories',
  view: 'list',
  configSchema,
  maxAge: 30,
  paramsSchema: z.strictObject({}),
  dataSchema: z.object({
    repositories: z.array(repositorySchema),
  }),
  async load(_, context) {
    const listed = listRepositories(context.config);
    const repositories: z.output<typeof repositorySchema>[] = [];
    for (let from = 0; from < listed.length; from += readAtOnce) {
      const next = listed.slice(from, from + readAtOnce).map((each) => readSummary(each, context));
      repositories.push(...(await Promise.all(next)));
    }
    return { repositories };
  },
});

/** Summarizes one repository for the list. An expected failure becomes its `error`. */
async function readSummary(
  listed: ListedRepository,
  context: ReadContext,
): Promise<z.output<typeof repositorySchema>> {
  const { name } = listed;
  const read = async (call: GitCall, head: string | null) => ({
    name,
    branch: await branchOf(call),
    head,
  });
  try {
    return await readRepository(listed, context, read, readDeadlines.list);
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
    return { name, branch: null, head: null, error: error.message };
  }
}
