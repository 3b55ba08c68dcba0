import { z } from 'zod';
import type { Bench } from '../bench.js';
import type { Comparison } from '../load/target.js';
import { checkOf, rpcResult } from './checks.js';
import { get, requestsFor, rpcQuery } from './requests.js';
import type { LoadScenario } from './scenario.js';

/** Reads the same widget for many users; its module loads it only once in several seconds. */
export const widgetsScenario: LoadScenario = {
  name: 'widgets',
  title: 'widgets.data from the cache, against node:http with an object in memory',
  quick: false,
  prepare,
};

const reading = z.object({ data: z.object({ one: z.number() }), stale: z.literal(false) });

async function prepare({ synap, data, server }: Bench): Promise<Comparison> {
  const sample = await data.sample('reader');
  const input = { moduleId: 'host', widgetId: 'load', params: {} };
  return {
    targets: [
      {
        name: 'raw',
        server: await server('raw'),
        requests: requestsFor(data, sample, () => get('/widget-data')),
        check: checkOf(reading),
      },
      {
        name: 'Synap REST',
        server: synap,
        requests: requestsFor(data, sample, () => get('/api/v1/widget-data/host/load')),
        check: checkOf(reading),
      },
      {
        name: 'Synap RPC',
        server: synap,
        requests: requestsFor(data, sample, () => get(rpcQuery('widgets.data', input))),
        check: checkOf(rpcResult(reading)),
      },
    ],
  };
}
