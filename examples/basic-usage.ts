// Signs in, creates a dashboard of git and host widgets, synchronises the git module and prints the
// data of the widgets.
//
//   SYNAP_PASSWORD=… node --import tsx -C @synap/source examples/basic-usage.ts
//
// SYNAP_URL (default http://localhost:3000) and SYNAP_EMAIL (default admin@example.com) set server
// and account.
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, isSynapError, type RouterOutputs, type SynapClient } from '@synap/client';

const url = process.env.SYNAP_URL ?? 'http://localhost:3000';
const email = process.env.SYNAP_EMAIL ?? 'admin@example.com';

const noPassword =
  'Set SYNAP_PASSWORD. The first start of the server shows the password of the first account, or names the file that holds it.';

/** Widget types of the example, from the modules' schemas (`widgets.list`). */
interface Commits {
  total: number;
  commits: { hash: string; author: string; date: string; subject: string }[];
}
interface Load {
  one: number;
  five: number;
  fifteen: number;
  cores: number;
}

async function main(): Promise<void> {
  const password = process.env.SYNAP_PASSWORD;
  if (!password) throw new Error(noPassword);

  const client = createClient({ url });
  await client.$session.signIn({ email, password });
  const me = await client.users.me.get.query();
  console.log(
    `Signed in at ${url} as ${me.email} (${me.role}), an account since ${me.createdAt.toLocaleDateString()}.\n`,
  );

  await showModules(client);
  const dashboard = await makeDashboard(client);
  await synchronise(client, 'git');
  for (const widget of dashboard.widgets) await showWidget(client, widget);

  await client.$session.signOut();
}

async function showModules(client: SynapClient): Promise<void> {
  const { items } = await client.modules.list.query({});
  console.log('Modules:');
  console.table(
    items.map(({ id, name, version, status, widgets }) => ({
      id,
      name,
      version,
      status,
      widgets: widgets.join(', '),
    })),
  );
}

async function makeDashboard(client: SynapClient): Promise<RouterOutputs['dashboards']['create']> {
  const dashboard = await client.dashboards.create.mutate({
    name: 'Basic usage',
    widgets: [
      { moduleId: 'git', widgetId: 'commits', params: { limit: 10 }, x: 0, y: 0, w: 8, h: 6 },
      { moduleId: 'host', widgetId: 'load', x: 8, y: 0, w: 4, h: 3 },
    ],
  });
  console.log(
    `Dashboard "${dashboard.name}" made: ${dashboard.id}, ${dashboard.widgets.length} widgets.`,
  );
  return dashboard;
}

/** Starts a run of the module and waits for its end. */
async function synchronise(client: SynapClient, id: string): Promise<void> {
  const { runId } = await client.modules.sync.mutate({ id });
  const patience = AbortSignal.timeout(30_000);
  for (;;) {
    const run = await client.modules.run.query({ id, runId }, { signal: patience });
    if (run.status === 'succeeded')
      return console.log(`Module "${id}" synchronised: ${run.events} new events.\n`);
    if (run.status === 'failed') throw new Error(`The run of "${id}" failed: ${run.error}`);
    await delay(200, undefined, { signal: patience });
  }
}

type Placement = RouterOutputs['dashboards']['get']['widgets'][number];

async function showWidget(
  client: SynapClient,
  { moduleId, widgetId, params }: Placement,
): Promise<void> {
  const { data, asOf } = await client.widgets.data.query({ moduleId, widgetId, params });
  const time = asOf.toLocaleTimeString();
  if (isCommits(data)) {
    console.log(`The latest ${data.commits.length} of ${data.total} commits, at ${time}:`);
    console.table(
      data.commits.map(({ hash, author, date, subject }) => ({
        commit: hash.slice(0, 8),
        date: new Date(date).toLocaleString(),
        author,
        subject: subject.length > 60 ? `${subject.slice(0, 59)}…` : subject,
      })),
    );
  } else if (isLoad(data)) {
    const averages = [data.one, data.five, data.fifteen].map((load) => load.toFixed(2)).join('  ');
    console.log(
      `Load of the host over 1, 5 and 15 minutes, at ${time}:  ${averages}  (${data.cores} cores)`,
    );
  } else {
    throw new Error(
      `The data of ${moduleId}/${widgetId} is not what this example expects: ${JSON.stringify(data)}`,
    );
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isCommits = (data: unknown): data is Commits =>
  isObject(data) && 'commits' in data && Array.isArray(data.commits);
const isLoad = (data: unknown): data is Load =>
  isObject(data) && 'fifteen' in data && 'cores' in data;

function explain(error: unknown): string {
  if (isSynapError(error, 'network'))
    return `No server answers at ${url}: start one with "npm start", or set SYNAP_URL.`;
  if (isSynapError(error, 'unauthenticated'))
    return `${error.message} (SYNAP_EMAIL is ${email}; see also SYNAP_PASSWORD).`;
  if (isSynapError(error))
    return `${error.message} [${error.code}${error.requestId ? `, request ${error.requestId}` : ''}]`;
  return error instanceof Error ? error.message : String(error);
}

try {
  await main();
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
