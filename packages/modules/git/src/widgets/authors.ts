import { defineWidget } from '@synap/module-sdk';
import { z } from 'zod';
import { configSchema } from '../config.js';
import type { GitCall } from '../git.js';
import { authorships, isoOf, widgetBudget } from '../history.js';
import { readRepository } from '../reading.js';
import { chooseRepository } from '../repository.js';
import { repositoryParam } from './repository-param.js';

export const authorsWidget = defineWidget({
  id: 'authors',
  title: 'Authors',
  view: 'bar',
  configSchema,
  maxAge: 60,
  paramsSchema: z.strictObject({
    repository: repositoryParam,
    limit: z
      .number()
      .int()
      .min(1)
      .max(100)
      .default(10)
      .describe('How many authors, those with most commits first.'),
  }),
  dataSchema: z.object({
    total: z.number().int().describe('All authors, of the newest 200,000 commits at most.'),
    authors: z.array(
      z.object({
        name: z.string(),
        commits: z.number().int(),
        last: z.iso.datetime().describe('When they wrote their newest commit.'),
      }),
    ),
  }),
  load: ({ repository, limit }, context) =>
    readRepository(chooseRepository(context.config, repository), context, async (call, head) => {
      const authors = head === null ? [] : await countByAuthor(call, head);
      return { total: authors.length, authors: authors.slice(0, limit) };
    }),
});

/** Counts all authors, those with most commits first. */
async function countByAuthor(call: GitCall, head: string) {
  const byName = new Map<string, { commits: number; last: number }>();
  for await (const { author, seconds } of authorships(call, head, widgetBudget)) {
    const known = byName.get(author);
    byName.set(author, {
      commits: (known?.commits ?? 0) + 1,
      last: Math.max(known?.last ?? 0, seconds),
    });
  }
  return [...byName]
    .map(([name, { commits, last }]) => ({ name, commits, last: isoOf(last) }))
    .sort((a, b) => b.commits - a.commits || (a.name < b.name ? -1 : 1));
}
