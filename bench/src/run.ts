import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@synap/client';
import { ensureDatabase, removeCluster } from '@synap/db';
import { endChild, startChild } from './children.js';
import { measureEnumeration } from './enumeration.js';
import { measureFlood } from './flood.js';
import { compare, type Figures } from './load.js';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const seconds = Number(process.env.BENCH_SECONDS ?? 5);
/** Samples of each kind; use 2000 for reliable figures. */
const samples = Number(process.env.BENCH_SAMPLES ?? 100);
const rounds = Number(process.env.BENCH_ROUNDS ?? 2);

const benchAddress = 'bench@example.com';

/**
 * Starts the built server with all middleware and logging, an ordinary user, and a dashboard with 12
 * widgets.
 */
async function prepare(origin: string) {
  const account = { email: benchAddress, password: randomBytes(18).toString('base64url') };
  const client = createClient({ url: origin });
  await client.auth.register.mutate(account);
  const { accessToken } = await client.auth.login.mutate(account);
  await client.$session.signIn(account);
  const { items } = await client.modules.list.query({});
  const [host] = items.filter((module) => module.widgets.length > 0);
  if (!host) throw new Error('No module is ready');
  const widgets = Array.from({ length: 12 }, (_, i) => ({
    moduleId: host.id,
    widgetId: host.widgets[i % host.widgets.length] ?? '',
    params: { limit: i + 1 },
    x: (i % 4) * 3,
    y: Math.floor(i / 4) * 4,
    w: 3,
    h: 4,
  }));
  const dashboard = await client.dashboards.create.mutate({ name: 'Bench', widgets });
  return { headers: { authorization: `Bearer ${accessToken}` }, id: dashboard.id };
}

function print(figures: Figures[]): void {
  console.table(
    Object.fromEntries(
      figures.map(({ name, ratio, requestsPerSecond, p50, p99 }) => [
        name,
        { 'requests/s': requestsPerSecond, 'p50 ms': p50, 'p99 ms': p99, ratio: ratio ?? 1 },
      ]),
    ),
  );
}

const dataDir = await mkdtemp(path.join(os.tmpdir(), 'synap-bench-'));
const secrets = {
  ACCESS_TOKEN_SECRET: randomBytes(32).toString('base64url'),
  REFRESH_TOKEN_SECRET: randomBytes(32).toString('base64url'),
  ENCRYPTION_SECRET: randomBytes(32).toString('base64url'),
};
const server = await startChild(
  [path.join(root, 'apps/server/dist/cli.js'), 'start'],
  {
    ...secrets,
    PORT: '0',
    SYNAP_DATA_DIR: dataDir,
    SIGNUP: 'open',
    RATE_LIMIT_FACTOR: '1000000',
    NODE_ENV: 'production',
  },
  (line) => /^Synap is ready: (\S+)/.exec(line)?.[1],
);
const database = await ensureDatabase({ dataDir });
const raw = await startChild(
  [path.join(root, 'bench/dist/raw.js')],
  { ...secrets, DATABASE_URL: database.url },
  (line) => JSON.parse(line) as { dashboards: number; express: number },
);
const routes = await startChild(
  [path.join(root, 'bench/dist/routes.js')],
  {},
  (line) => JSON.parse(line) as Record<string, number>,
);
const routesUrl = (count: number) =>
  `http://127.0.0.1:${routes.value[count]}/resource${count - 1}/1/parts/2`;
try {
  const origin = server.value;
  const { headers, id } = await prepare(origin);
  const input = encodeURIComponent(JSON.stringify({ json: { id } }));
  const figures = await compare(
    [
      {
        name: 'raw dashboards.get',
        url: `http://127.0.0.1:${raw.value.dashboards}/${id}`,
        headers,
      },
      {
        name: 'RPC dashboards.get',
        url: `${origin}/trpc/dashboards.get?input=${input}`,
        headers,
        against: 'raw dashboards.get',
      },
      {
        name: 'REST dashboards.get',
        url: `${origin}/api/v1/dashboards/${id}`,
        headers,
        against: 'raw dashboards.get',
      },
      { name: 'Express 5 trivial', url: `http://127.0.0.1:${raw.value.express}/` },
      { name: 'RPC trivial', url: `${origin}/trpc/system.meta`, against: 'Express 5 trivial' },
      { name: 'REST trivial', url: `${origin}/api/v1/meta`, against: 'Express 5 trivial' },
      { name: 'REST of 10 routes', url: routesUrl(10) },
      { name: 'REST of 200 routes', url: routesUrl(200), against: 'REST of 10 routes' },
      { name: 'REST of 1000 routes', url: routesUrl(1000), against: 'REST of 10 routes' },
    ],
    { seconds, rounds },
  );
  print(figures);
  const flood = await measureFlood(
    origin,
    { url: `${origin}/api/v1/dashboards/${id}`, headers },
    4 * seconds,
  );
  console.log('REST dashboards.get, 50 a second, without and with 200 sign-ins a second:', flood);
  const enumeration = await measureEnumeration(origin, benchAddress, samples);
  console.log('Milliseconds for addresses with and without an account:');
  console.table(enumeration);
  await mkdir(path.join(root, 'bench/results'), { recursive: true });
  await writeFile(
    path.join(root, 'bench/results/latest.json'),
    `${JSON.stringify({ node: process.version, figures, flood, enumeration }, null, 2)}\n`,
  );
} finally {
  await endChild(raw.child);
  await endChild(routes.child);
  await database.release();
  await endChild(server.child);
  await removeCluster(dataDir);
  await rm(dataDir, { recursive: true, force: true });
}
