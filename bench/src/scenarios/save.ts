import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import type { Comparison } from '../load/target.js';
import { checkOf, dashboard, rpcResult } from './checks.js';
import { post, put, requestsFor } from './requests.js';
import type { LoadScenario } from './scenario.js';
import { writtenWidgets } from './written-widgets.js';

/** Saves each dashboard in turn, so each save can state the version of the previous pass. */
export const saveScenario: LoadScenario = {
  name: 'save',
  title: 'dashboards.save: replaces 12 widgets, against the same statements',
  quick: true,
  prepare,
};

/** The generator writes the number here, without quotation marks. */
const withVersion = (content: object): string =>
  JSON.stringify(content).replace('"@version@"', '@version@');

/** Milliseconds in which saves of the previous load end, which were cut off. */
const settleMs = 500;

async function prepare({ synap, data, server }: Bench): Promise<Comparison> {
  const sample = await data.sample('writer');
  const content = { name: 'Saved', widgets: writtenWidgets, version: '@version@' };
  const body = withVersion(content);
  const before = async () => {
    await delay(settleMs);
    await data.resetVersions();
  };
  return {
    targets: [
      {
        name: 'raw',
        server: await server('raw'),
        requests: requestsFor(data, sample, ({ id }) => put(`/dashboards/${id}`, body)),
        check: checkOf(dashboard),
        before,
      },
      {
        name: 'Synap REST',
        server: synap,
        requests: requestsFor(data, sample, ({ id }) => put(`/api/v1/dashboards/${id}`, body)),
        check: checkOf(dashboard),
        before,
      },
      {
        name: 'Synap RPC',
        server: synap,
        requests: requestsFor(data, sample, ({ id }) =>
          post('/trpc/dashboards.save', withVersion({ json: Object.assign({ id }, content) })),
        ),
        check: checkOf(rpcResult(dashboard)),
        before,
      },
    ],
  };
}
