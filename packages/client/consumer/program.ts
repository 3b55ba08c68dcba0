// First steps of a user's program, run against a started server. The environment holds its address
// and an account.
import assert from 'node:assert/strict';
import { createClient, isSynapError } from '@synap/client';

const { SYNAP_URL: url = '', SYNAP_EMAIL: email = '', SYNAP_PASSWORD: password = '' } = process.env;
const ended: string[] = [];
const client = createClient({ url, onSessionEnd: ({ code }) => ended.push(code) });

await assert.rejects(client.users.me.get.query(), (error) =>
  isSynapError(error, 'unauthenticated'),
);
await client.$session.signIn({ email, password });
assert.equal((await client.users.me.get.query()).email, email);

const { items: modules } = await client.modules.list.query({ size: 100 });
assert.ok(modules.some(({ id }) => id === 'git'));

const placement = {
  moduleId: 'git',
  widgetId: 'commits',
  params: { limit: 5 },
  x: 0,
  y: 0,
  w: 4,
  h: 2,
};
const load = { moduleId: 'host', widgetId: 'load', x: 0, y: 2, w: 4, h: 2 };
const created = await client.dashboards.create.mutate({
  name: 'From the package',
  widgets: [load, placement],
});
const read = await client.dashboards.get.query(
  { id: created.id },
  { signal: AbortSignal.timeout(10_000) },
);
assert.deepEqual(read, created);
assert.ok(read.createdAt instanceof Date);

const [placed] = read.widgets;
assert.ok(placed);
assert.ok((await client.widgets.data.query(placed)).asOf instanceof Date);
const saved = await client.dashboards.save.mutate({ ...read, name: 'Renamed' });
assert.deepEqual(saved.widgets, read.widgets);
assert.ok((await client.dashboards.list.query()).items.some(({ name }) => name === 'Renamed'));
const expiresAt = new Date(Date.now() + 3_600_000);
const key = await client.apiKeys.create.mutate({
  name: 'Robot',
  scopes: ['profile:read'],
  expiresAt,
});
assert.deepEqual(key.expiresAt, expiresAt);
await assert.rejects(
  client.dashboards.save.mutate({
    id: read.id,
    name: 'Too late',
    widgets: [],
    version: read.version,
  }),
  (error) =>
    isSynapError(error, 'stale_version') && error.status === 409 && error.requestId !== undefined,
);
await assert.rejects(
  client.dashboards.create.mutate({ name: '' }),
  (error) => isSynapError(error, 'bad_request') && error.errors[0]?.pointer === '/name',
);
await assert.rejects(client.modules.list.query({}, { signal: AbortSignal.abort() }), (error) =>
  isSynapError(error, 'aborted'),
);

await client.dashboards.remove.mutate({ id: read.id });
await client.$session.signOut();
assert.deepEqual(ended, []);
