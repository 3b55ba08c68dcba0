import { z } from 'zod';
import type { Bench } from '../bench.js';
import type { Comparison, Target } from '../load/target.js';
import { checkOf } from './checks.js';
import { get } from './requests.js';
import type { LoadScenario } from './scenario.js';

/** Calls the last route of routers of different sizes. */
export const routesScenario: LoadScenario = {
  name: 'routes',
  title: 'REST handler: the last of 10, 200 and 1,000 routes',
  quick: false,
  prepare,
};

async function targetFor({ server }: Bench, count: number): Promise<Target> {
  return {
    name: `of ${count}`,
    server: await server('routes', String(count)),
    requests: () => [get(`/resource${count - 1}/1/parts/2`)],
    check: checkOf(z.object({ id: z.literal('1') })),
  };
}

async function prepare(bench: Bench): Promise<Comparison> {
  return {
    targets: [
      await targetFor(bench, 10),
      await targetFor(bench, 200),
      await targetFor(bench, 1000),
    ],
  };
}
