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

/** More than the passes of one load through its requests. */
const versionsPerLoad = 100_000;

async function prepare({ synap, data, server }: Bench): Promise<Comparison> {
  const sample = await data.sample('writer');
  let first = 0;
  // Each load has versions of its own, so a late save of the previous load is rejected.
  const before = async () => {
    first += versionsPerLoad;
    await data.setVersions(first);
  };
  const content = { name: 'Saved', widgets: writtenWidgets, version: '' };
  /** Writes the version without quotation marks, as the generator replaces it by a number. */
  const bodyOf = (body: object) =>
    JSON.stringify(body).replace('"version":""', () => `"version":@${first}+pass@`);
  return {
    targets: [
      {
        name: 'raw',
        server: await server('raw'),
        requests: requestsFor(data, sample, ({ id }) => put(`/dashboards/${id}`, bodyOf(content))),
        check: checkOf(dashboard),
        before,
      },
      {
        name: 'Synap REST',
        server: synap,
        requests: requestsFor(data, sample, ({ id }) =>
          put(`/api/v1/dashboards/${id}`, bodyOf(content)),
        ),
        check: checkOf(dashboard),
        before,
      },
      {
        name: 'Synap RPC',
        server: synap,
        requests: requestsFor(data, sample, ({ id }) =>
          post('/trpc/dashboards.save', bodyOf({ json: Object.assign({ id }, content) })),
        ),
        check: checkOf(rpcResult(dashboard)),
        before,
      },
    ],
  };
}
