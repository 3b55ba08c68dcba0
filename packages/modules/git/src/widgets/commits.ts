import { defineWidget } from '@synap/module-sdk';
import { z } from 'zod';
import { configSchema } from '../config.js';
import { newestCommits } from '../history.js';
import { readRepository } from '../reading.js';
import { chooseRepository } from '../repository.js';
import { knownRepository, totalForWidget } from '../totals.js';
import { repositoryParam } from './repository-param.js';

export const commitsWidget = defineWidget({
  id: 'commits',
  title: 'Latest commits',
  view: 'table',
  configSchema,
  maxAge: 5,
  paramsSchema: z.strictObject({
    repository: repositoryParam,
    limit: z.number().int().min(1).max(100).default(10).describe('How many commits, newest first.'),
  }),
  dataSchema: z.object({
    total: z
      .number()
      .int()
      .describe('All commits that lead to HEAD; before the first sync at most 100,000.'),
    totalIsComplete: z.boolean().describe('False if there may be more commits than `total`.'),
    commits: z.array(
      z.object({
        hash: z.string(),
        author: z.string(),
        date: z.iso.datetime().describe('When it was written (author date).'),
        committedAt: z.iso
          .datetime()
          .describe('When it was committed; later than `date` after a rebase or an amendment.'),
        subject: z.string(),
      }),
    ),
  }),
  load: ({ repository, limit }, context) =>
    readRepository(chooseRepository(context.config, repository), context, async (call, head) => {
      if (head === null) return { total: 0, totalIsComplete: true, commits: [] };
      const known = await knownRepository(call, context.store);
      const [total, commits] = await Promise.all([
        totalForWidget(call, head, known),
        newestCommits(call, { head, limit }),
      ]);
      return { ...total, total: Math.max(total.total, commits.length), commits };
    }),
});
