import { z } from 'zod';
import type { Bench } from '../bench.js';
import type { Comparison } from '../load/target.js';
import { checkOf, rpcResult } from './checks.js';
import { get } from './requests.js';
import type { LoadScenario } from './scenario.js';

/** Measures the cost of a call itself: no token, no database. */
export const metaScenario: LoadScenario = {
  name: 'meta',
  title: 'system.meta: a trivial call, against Express 5 alone',
  quick: true,
  prepare,
};

const meta = z.object({ name: z.literal('Synap') });

async function prepare({ synap, server }: Bench): Promise<Comparison> {
  return {
    targets: [
      {
        name: 'Express 5',
        server: await server('express'),
        requests: () => [get('/')],
        check: checkOf(z.object({ status: z.literal('ok') })),
      },
      {
        name: 'Synap REST',
        server: synap,
        requests: () => [get('/api/v1/meta')],
        check: checkOf(meta),
      },
      {
        name: 'Synap RPC',
        server: synap,
        requests: () => [get('/trpc/system.meta')],
        check: checkOf(rpcResult(meta)),
      },
    ],
  };
}
