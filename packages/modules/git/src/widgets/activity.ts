import { defineWidget } from '@synap/module-sdk';
import { z } from 'zod';
import { configSchema } from '../config.js';
import { commitTimes, widgetBudget } from '../history.js';
import { readRepository } from '../reading.js';
import { chooseRepository } from '../repository.js';
import { repositoryParam } from './repository-param.js';

const daySeconds = 24 * 60 * 60;

export const activityWidget = defineWidget({
  id: 'activity',
  title: 'Commits per day',
  view: 'line',
  configSchema,
  maxAge: 60,
  paramsSchema: z.strictObject({
    repository: repositoryParam,
    days: z.number().int().min(1).max(366).default(30).describe('How many days up to today.'),
  }),
  dataSchema: z.object({
    total: z.number().int().describe('All commits of these days, by the date of committing.'),
    days: z.array(
      z.object({ date: z.iso.date().describe('A day in UTC.'), commits: z.number().int() }),
    ),
  }),
  load: ({ repository, days }, context) =>
    readRepository(chooseRepository(context.config, repository), context, async (call, head) => {
      const first = Math.floor(Date.now() / 1_000 / daySeconds) - days + 1;
      const counts = new Array<number>(days).fill(0);
      if (head !== null) {
        for await (const seconds of commitTimes(call, head, widgetBudget)) {
          const day = Math.floor(seconds / daySeconds) - first;
          // A fast clock may have dated a commit in the future.
          if (day >= 0 && day < days) counts[day] = (counts[day] ?? 0) + 1;
        }
      }
      return {
        total: counts.reduce((sum, count) => sum + count, 0),
        days: counts.map((commits, index) => ({ date: dateOf(first + index), commits })),
      };
    }),
});

const dateOf = (day: number): string =>
  new Date(day * daySeconds * 1_000).toISOString().slice(0, 10);
