// Same flow as program.ts and bindings.ts, from CommonJS: Node and TypeScript resolve `require`
// separately from `import`.
import { strict as assert } from 'node:assert';
import { createClient, isSynapError } from '@synap/client';
import { createSynapQueries } from '@synap/client/react';
import { QueryClient } from '@tanstack/react-query';

const { SYNAP_URL: url = '', SYNAP_EMAIL: email = '', SYNAP_PASSWORD: password = '' } = process.env;

async function main(): Promise<void> {
  const client = createClient({ url });
  await client.$session.signIn({ email, password });
  const queries = createSynapQueries(client);
  const cache = new QueryClient();
  const user = await cache.fetchQuery(queries.users.me.get.queryOptions());
  assert.equal(user.email, email);
  assert.ok(user.createdAt instanceof Date);
  const absent = client.dashboards.get.query({ id: '7d1b2f7e-0c64-4a0e-8a5d-3b8f1d0a9c22' });
  await assert.rejects(absent, (error) => isSynapError(error, 'not_found'));
  await client.$session.signOut();
  cache.clear();
}

void main();
