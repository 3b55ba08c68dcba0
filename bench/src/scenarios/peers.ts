import { z } from 'zod';
import type { Bench } from '../bench.js';
import type { OwnedDashboard } from '../data/bench-data.js';
import type { Target } from '../load/target.js';
import { checkOf, dashboard, rpcResult } from './checks.js';
import { get, post, requestsFor, rpcQuery } from './requests.js';

/** Other frameworks with pg and zod, each as its documentation recommends, and nothing else on. */
export async function peersOf(
  { data, server }: Bench,
  sample: readonly OwnedDashboard[],
): Promise<Target[]> {
  const rest = requestsFor(data, sample, ({ id }) => get(`/dashboards/${id}`));
  const orpc = await server('orpc');
  return [
    { name: 'Fastify', server: await server('fastify'), requests: rest, check: checkOf(dashboard) },
    { name: 'Hono', server: await server('hono'), requests: rest, check: checkOf(dashboard) },
    {
      name: 'oRPC OpenAPI',
      server: orpc,
      requests: requestsFor(data, sample, ({ id }) => get(`/api/dashboards/${id}`)),
      check: checkOf(dashboard),
    },
    {
      name: 'oRPC RPC',
      server: orpc,
      requests: requestsFor(data, sample, ({ id }) =>
        post('/rpc/get', JSON.stringify({ json: { id } })),
      ),
      check: checkOf(z.object({ json: dashboard })),
    },
    {
      name: 'tRPC on Express',
      server: await server('trpc-express'),
      requests: requestsFor(data, sample, ({ id }) => get(rpcQuery('dashboards.get', { id }))),
      check: checkOf(rpcResult(dashboard)),
    },
  ];
}
