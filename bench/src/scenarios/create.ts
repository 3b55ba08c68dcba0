import type { Bench } from '../bench.js';
import type { Comparison } from '../load/target.js';
import { checkOf, dashboard, rpcResult } from './checks.js';
import { post, requestsFor } from './requests.js';
import type { LoadScenario } from './scenario.js';
import { writtenWidgets } from './written-widgets.js';

/** Creates dashboards of twelve widgets for many users. */
export const createScenario: LoadScenario = {
  name: 'create',
  title: 'dashboards.create: a dashboard with 12 widgets, against the same statements',
  quick: false,
  prepare,
};

const created = { name: 'Created', widgets: writtenWidgets };

async function prepare({ synap, data, server }: Bench): Promise<Comparison> {
  const sample = await data.sample('writer');
  const body = JSON.stringify(created);
  const before = () => data.removeNamed(created.name);
  return {
    targets: [
      {
        name: 'raw',
        server: await server('raw'),
        requests: requestsFor(data, sample, () => post('/dashboards', body)),
        status: 201,
        check: checkOf(dashboard),
        before,
      },
      {
        name: 'Synap REST',
        server: synap,
        requests: requestsFor(data, sample, () => post('/api/v1/dashboards', body)),
        status: 201,
        check: checkOf(dashboard),
        before,
      },
      {
        name: 'Synap RPC',
        server: synap,
        requests: requestsFor(data, sample, () =>
          post('/trpc/dashboards.create', JSON.stringify({ json: created })),
        ),
        check: checkOf(rpcResult(dashboard)),
        before,
      },
    ],
  };
}
