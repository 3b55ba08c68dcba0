import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createPool } from '@synap/db';
import { until } from '@synap/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

const hanging = ['hang-a', 'hang-b', 'hang-c', 'hang-d', 'hang-e'];
const source = (id: string) => `
import { defineModule } from '@synap/module-sdk';
import { z } from 'zod';

export default defineModule({
  id: '${id}',
  name: '${id}',
  configSchema: z.object({}),
  widgets: [],
  syncJob: { every: 86_400, run: () => new Promise(() => undefined) },
});
`;

let folder: string;
let server: ServerUnderTest;
let pool: ReturnType<typeof createPool>;
let token: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'synap-hanging-'));
  for (const id of hanging) {
    await mkdir(path.join(folder, id));
    const manifest = {
      name: id,
      version: '1.0.0',
      type: 'module',
      synap: { sdk: '1' },
      exports: './index.js',
    };
    await writeFile(path.join(folder, id, 'package.json'), JSON.stringify(manifest));
    await writeFile(path.join(folder, id, 'index.js'), source(id));
  }
  server = await startServerUnderTest({ variables: { SYNAP_MODULES_DIR: folder } });
  pool = createPool({ url: server.database.url, size: 1 });
  token = await server.signIn();
  for (const id of hanging)
    await until(() =>
      server.rest('POST', `/modules/${id}/sync`, { token }).then(({ status }) => status === 202),
    );
  await until(async () => {
    const { rowCount } = await pool.query(
      `SELECT FROM module_runs WHERE module_id LIKE 'hang-%' AND status = 'running'`,
    );
    return rowCount === hanging.length;
  });
}, 60_000);
afterAll(async () => {
  await pool.end();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

it('a mail goes out while all sync jobs hang', async () => {
  await server.rest('POST', '/admin/mail/test', { token, body: { to: 'ops@example.org' } });
  const outbox = path.join(server.dataDir, 'outbox');
  await until(async () =>
    (await readdir(outbox).catch(() => [])).some((name) => name.endsWith('.eml')),
  );
});

it('other modules synchronise, and the schedule runs, while five sync jobs hang', async () => {
  const { body } = await server.rest('POST', '/modules/host/sync', { token });
  await until(
    async () =>
      (await server.rest('GET', `/modules/host/runs/${body.runId}`, { token })).body.status ===
      'succeeded',
  );
  const job = await pool.query<{ id: string }>(
    `SELECT id::text FROM graphile_worker.add_job('module-schedule')`,
  );
  await until(async () => {
    const { rowCount } = await pool.query('SELECT FROM graphile_worker.jobs WHERE id = $1', [
      job.rows[0]?.id,
    ]);
    return rowCount === 0;
  });
  expect(
    (
      await pool.query(
        `SELECT FROM module_runs WHERE module_id LIKE 'hang-%' AND status = 'running'`,
      )
    ).rowCount,
  ).toBe(5);
});
