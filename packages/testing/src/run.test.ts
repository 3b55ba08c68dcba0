import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureDatabase } from '@synap/db';
import pg from 'pg';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTestDatabase } from './database.js';
import { beginRun, dataFolder, endRun } from './run.js';

const inherited = { ...process.env };
afterEach(() => {
  for (const name of ['SYNAP_TEST_RUN', 'SYNAP_TEST_FOLDER', 'TEST_DATABASE_URL']) {
    if (inherited[name] === undefined) delete process.env[name];
    else process.env[name] = inherited[name];
  }
  vi.resetModules();
});

async function databases(url: string, prefix: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rowCount } = await client.query(
    'SELECT FROM pg_database WHERE starts_with(datname, $1)',
    [prefix],
  );
  await client.end();
  return rowCount ?? 0;
}

/** Simulates another test run by a copy of the module without connections. */
async function afresh() {
  vi.resetModules();
  return import('./database.js');
}

describe('a test run', () => {
  it('on the server of TEST_DATABASE_URL leaves no database behind, also where tests dropped none', async () => {
    const outer = await createTestDatabase({ migrated: false });
    process.env.TEST_DATABASE_URL = outer.url;
    await beginRun();
    const prefix = `test_${process.env.SYNAP_TEST_RUN}_`;
    const { createTestDatabase: create } = await afresh();
    await Promise.all([create(), create()]);
    expect(await databases(outer.url, prefix)).toBe(3);
    await endRun();
    expect(await databases(outer.url, prefix)).toBe(0);
    await outer.drop();
  });

  it('without a database starts nothing', async () => {
    delete process.env.TEST_DATABASE_URL;
    await beginRun();
    const folder = process.env.SYNAP_TEST_FOLDER ?? '';
    expect(existsSync(dataFolder(folder))).toBe(false);
    await endRun();
    expect(existsSync(folder)).toBe(false);
  });

  it('clears away the cluster of a run that was killed', async () => {
    const { pid: dead } = spawnSync(process.execPath, ['-e', '']);
    const stale = mkdtempSync(path.join(tmpdir(), 'synap-test-'));
    chmodSync(stale, 0o711);
    const { url, detach } = await ensureDatabase({ dataDir: dataFolder(stale), durable: false });
    await detach();
    writeFileSync(path.join(stale, 'pid'), String(dead));
    await beginRun();
    await endRun();
    expect(existsSync(stale)).toBe(false);
    await expect(new pg.Client({ connectionString: url }).connect()).rejects.toThrow(
      'ECONNREFUSED',
    );
  });
});
