import type { Bench } from '../bench.js';
import type { OwnedDashboard } from '../data/bench-data.js';
import { shortListRows } from '../data/bench-size.js';
import type { Comparison, ServerProcess, Target } from '../load/target.js';
import { checkOf, page, rpcResult } from './checks.js';
import { get, requestsFor, rpcQuery } from './requests.js';
import type { LoadScenario } from './scenario.js';

/** Reads pages at random positions: their cost must not depend on the length of the list. */
export const listScenario: LoadScenario = {
  name: 'list',
  title: 'dashboards.list: pages of 20 at random positions',
  quick: false,
  prepare,
};

const size = 20;
const cursorOf = ({ id }: OwnedDashboard) => Buffer.from(id).toString('base64url');

/** Targets for the list of one user. */
function targetsFor(
  { synap, data }: Bench,
  raw: ServerProcess,
  sample: readonly OwnedDashboard[],
  rows: number,
): [Target, Target, Target] {
  const of = `of ${rows.toLocaleString('en')}`;
  const query = (item: OwnedDashboard) => `size=${size}&cursor=${cursorOf(item)}`;
  return [
    {
      name: `raw, ${of}`,
      server: raw,
      requests: requestsFor(data, sample, (item) => get(`/dashboards?${query(item)}`)),
      check: checkOf(page),
    },
    {
      name: `Synap REST, ${of}`,
      server: synap,
      requests: requestsFor(data, sample, (item) => get(`/api/v1/dashboards?${query(item)}`)),
      check: checkOf(page),
    },
    {
      name: `Synap RPC, ${of}`,
      server: synap,
      requests: requestsFor(data, sample, (item) =>
        get(rpcQuery('dashboards.list', { size, cursor: cursorOf(item) })),
      ),
      check: checkOf(rpcResult(page)),
    },
  ];
}

async function prepare(bench: Bench): Promise<Comparison> {
  const { data, server } = bench;
  const raw = await server('raw');
  const short = targetsFor(bench, raw, await data.sample('short list'), shortListRows);
  const { longList } = data.size;
  if (longList === null) return { targets: short };
  return {
    targets: [...short, ...targetsFor(bench, raw, await data.sample('long list'), longList)],
  };
}
