import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createPool } from '@synap/db';
import { makeSecret } from '@synap/security';
import { createTestDatabase, type TestDatabase, until } from '@synap/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { admin } from './server-under-test.js';
import { startSmtp } from './smtp-server.js';
import { dataFolder, ended, endProcesses, startServer } from './synap-process.js';

/** Allows a slow machine to start a server and take over jobs. */
const soon = { timeout: 30_000 };

/** Module with a run that waits for a file before its second event. */
const waiting = `
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { defineModule } from '@synap/module-sdk';
import { z } from 'zod';

const event = (key) => ({ key, type: 'waiting.step', time: new Date(0), payload: {} });
export default defineModule({
  id: 'waiting',
  name: 'Waiting',
  configSchema: z.object({ gate: z.string() }),
  widgets: [],
  syncJob: {
    every: 86_400,
    async run({ config, emit, store, progress }) {
      await emit([event('first')]);
      await store.set('runs', Number((await store.get('runs')) ?? 0) + 1);
      progress(1, 2);
      while (!existsSync(config.gate)) await wait(20);
      await emit([event('second')]);
    },
  },
});
`;

let folder: string;
let database: TestDatabase;
let pool: ReturnType<typeof createPool>;
let variables: Record<string, string>;

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'synap-workers-'));
  const module = path.join(folder, 'modules', 'waiting');
  await mkdir(module, { recursive: true });
  const manifest = {
    name: 'waiting',
    version: '1.0.0',
    type: 'module',
    synap: { sdk: '1' },
    exports: './index.js',
  };
  await writeFile(path.join(module, 'package.json'), JSON.stringify(manifest));
  await writeFile(path.join(module, 'index.js'), waiting);
  database = await createTestDatabase();
  pool = createPool({ url: database.url, size: 2 });
  variables = {
    DATABASE_URL: database.url,
    ENCRYPTION_SECRET: makeSecret(),
    SYNAP_MODULES_DIR: path.join(folder, 'modules'),
    SYNAP_WAITING_GATE: path.join(folder, 'gate'),
  };
});
afterEach(async () => {
  await endProcesses();
  await pool.end();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const start = async () =>
  startServer({ ...variables, SYNAP_DATA_DIR: await dataFolder() }, 'brisk');
const openGate = () => writeFile(path.join(folder, 'gate'), '');
const rows = async (text: string) => (await pool.query<Record<string, unknown>>(text)).rows;
const run = async () =>
  (
    await rows(
      `SELECT status, events, attempts, error FROM module_runs WHERE module_id = 'waiting'`,
    )
  )[0];
const syncJobs = () =>
  rows(`SELECT locked_by FROM graphile_worker.jobs WHERE task_identifier = 'module-sync'
  AND key IN (SELECT id::text FROM module_runs WHERE module_id = 'waiting')`);
const inTheMiddle = () =>
  rows(
    `SELECT FROM module_runs WHERE module_id = 'waiting' AND status = 'running' AND progress_done = 1`,
  );
/** Moves the last heartbeat of the first worker 30 seconds back. */
const endLease = () =>
  pool.query(
    `UPDATE module_runs SET lease_until = now() - interval '1 second' WHERE status = 'running' AND attempts = 1`,
  );

async function broughtOnce() {
  expect(await run()).toMatchObject({ status: 'succeeded', events: 2, error: null });
  expect(
    await rows(`SELECT dedupe_key FROM events WHERE module_id = 'waiting' ORDER BY dedupe_key`),
  ).toEqual([{ dedupe_key: 'first' }, { dedupe_key: 'second' }]);
  expect(await rows(`SELECT value FROM module_entries WHERE module_id = 'waiting'`)).toEqual([
    { value: 1 },
  ]);
  const stages = `SELECT FROM module_stages WHERE run_id IN (SELECT id FROM module_runs WHERE module_id = 'waiting')`;
  await until(async () => (await rows(stages)).length === 0);
}

describe('a worker', { timeout: 120_000 }, () => {
  it('killed during a run is replaced by another', async () => {
    const first = await start();
    await until(async () => (await inTheMiddle()).length === 1, soon);
    const [job] = await syncJobs();
    expect(job?.locked_by).toMatch(/^pool-/);
    await ended(first.child, 'SIGKILL');
    await start();
    await until(
      async () => (await syncJobs()).every(({ locked_by }) => locked_by !== job?.locked_by),
      soon,
    );
    await endLease();
    await openGate();
    await until(async () => (await run())?.status === 'succeeded', soon);
    await broughtOnce();
    expect(await run()).toMatchObject({ attempts: 2 });
  });

  it('killed before it recorded the start of a job is replaced by another', async () => {
    const first = await start();
    await until(async () => (await inTheMiddle()).length === 1, soon);
    await ended(first.child, 'SIGKILL');
    await pool.query(
      `UPDATE module_runs SET status = 'queued', lease_token = NULL, lease_until = NULL WHERE status = 'running'`,
    );
    await openGate();
    await start();
    await until(async () => (await run())?.status === 'succeeded', soon);
    await broughtOnce();
  });

  it('suspended past its lease commits nothing when it resumes', async () => {
    const first = await start();
    await until(async () => (await inTheMiddle()).length === 1, soon);
    first.child.kill('SIGSTOP');
    await start();
    await until(async () => {
      await endLease();
      return (await run())?.attempts === 2;
    }, soon);
    await openGate();
    await until(async () => (await run())?.status === 'succeeded', soon);
    first.child.kill('SIGCONT');
    await until(() => first.output.text.includes('Another worker took the run over'), soon);
    await broughtOnce();
    expect(await syncJobs()).toEqual([]);
    expect(await ended(first.child, 'SIGTERM')).toBe(0);
  });

  it('killed while sending a mail is replaced by another', async () => {
    await openGate();
    let open = false;
    const smtp = await startSmtp(() => open);
    try {
      variables.SMTP_URL = smtp.url;
      const first = await start();
      const call = (target: string, body: object, token = '') =>
        fetch(`${first.origin}/api/v1${target}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify(body),
        });
      const { accessToken } = (await (await call('/auth/login', admin)).json()) as {
        accessToken: string;
      };
      await call('/admin/mail/test', {}, accessToken);
      await until(() => smtp.begun() === 1);
      await ended(first.child, 'SIGKILL');
      open = true;
      const second = await start();
      await until(() => smtp.taken.length === 1, soon);
      await until(async () => (await rows('SELECT FROM mails')).length === 0);
      expect(await ended(second.child, 'SIGTERM')).toBe(0);
      expect(smtp.taken).toHaveLength(1);
    } finally {
      await smtp.close();
    }
  });
});
