import { z } from 'zod';
import type { Bench } from '../bench.js';
import type { Comparison } from '../load/target.js';
import { batchesOf, batchSize } from './batches.js';
import { checkOf, dashboard, rpcResult } from './checks.js';
import { peersOf } from './peers.js';
import { get, requestsFor, rpcBatch, rpcQuery } from './requests.js';
import type { LoadScenario } from './scenario.js';

/** Reads one dashboard with twelve widgets, spread over all users. */
export const getScenario: LoadScenario = {
  name: 'get',
  title: 'dashboards.get: one of many dashboards, with 12 widgets',
  quick: true,
  prepare,
};

async function prepare(bench: Bench): Promise<Comparison> {
  const { synap, data, server } = bench;
  const sample = await data.sample('reader');
  const raw = await server('raw');
  return {
    targets: [
      {
        name: 'raw',
        server: raw,
        requests: requestsFor(data, sample, ({ id }) => get(`/dashboards/${id}`)),
        check: checkOf(dashboard),
      },
      {
        name: 'Synap REST',
        server: synap,
        requests: requestsFor(data, sample, ({ id }) => get(`/api/v1/dashboards/${id}`)),
        check: checkOf(dashboard),
      },
      {
        name: 'Synap RPC',
        server: synap,
        requests: requestsFor(data, sample, ({ id }) => get(rpcQuery('dashboards.get', { id }))),
        check: checkOf(rpcResult(dashboard)),
      },
      {
        name: `Synap RPC, batches of ${batchSize}`,
        server: synap,
        calls: batchSize,
        requests: requestsFor(data, batchesOf(sample), ({ ids }) =>
          get(
            rpcBatch(
              'dashboards.get',
              ids.map((id) => ({ id })),
            ),
          ),
        ),
        check: checkOf(z.array(rpcResult(dashboard)).length(batchSize)),
      },
      ...(await peersOf(bench, sample)),
    ],
  };
}
