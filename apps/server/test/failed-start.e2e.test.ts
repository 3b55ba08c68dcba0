import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import path from 'node:path';
import { freePort } from '@synap/testing';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createCloseStack } from '../src/compose/close-stack.js';
import { openDatabase } from '../src/compose/database.js';
import { startServer } from '../src/compose/server.js';
import { parseEnvironment } from '../src/config/env.js';
import { dataFolder, ended, endProcesses, launch, newInstallation, run } from './synap-process.js';

let taken: Server;
let port: number;
beforeAll(async () => {
  taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const address = taken.address();
  port = typeof address === 'object' && address ? address.port : 0;
});
afterAll(() => taken.close());
afterEach(endProcesses);

describe('a start that cannot succeed', { timeout: 120_000 }, () => {
  it('exits with all faults of environment and machine, and opens nothing', async () => {
    const folder = await dataFolder();
    const { code, text } = await run(['start'], {
      SYNAP_DATA_DIR: folder,
      PORT: String(port),
      SYNAP_MODULES_DIR: path.join(folder, 'none'),
      SYNAP_ADMIN_PASSWORD: 'password1234',
      DATABASE_URL: 'postgresql://synap:100%@localhost/synap',
      DATABASE_POOLER: 'transaction',
      SMTP_URL: 'mail.example.org',
    });
    expect(code).toBe(1);
    for (const name of [
      'PORT',
      'SYNAP_MODULES_DIR',
      'SYNAP_ADMIN_PASSWORD',
      'DATABASE_URL',
      'SMTP_URL',
    ])
      expect(text).toContain(`- ${name}: `);
    expect(text).not.toContain('password1234');
    expect(await readdir(folder)).toEqual([]);
  });

  it('names METRICS_PORT with other faults, before the database is created', async () => {
    const folder = await dataFolder();
    const variables = {
      SYNAP_DATA_DIR: folder,
      METRICS_PORT: String(port),
      SYNAP_MODULES_DIR: path.join(folder, 'none'),
    };
    const { code, text } = await run(['start'], variables);
    expect(code).toBe(1);
    for (const fault of [`- METRICS_PORT: ${port} is taken`, '- SYNAP_MODULES_DIR: '])
      expect(text).toContain(fault);
    expect(await readdir(folder)).toEqual([]);
  });

  it('ends the process when HOST does not resolve', async () => {
    const folder = await dataFolder();
    const { code, text } = await run(['start'], {
      SYNAP_DATA_DIR: folder,
      HOST: 'no-such-host.invalid',
    });
    expect([code, text]).toEqual([1, expect.stringContaining('- HOST: "no-such-host.invalid"')]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('stops a running database, modules and the listener of metrics', async () => {
    const dataDir = await dataFolder();
    // The port was free during the check.
    const metricsPort = await freePort();
    const variables = {
      SYNAP_DATA_DIR: dataDir,
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      PATH: process.env.PATH,
    };
    const printed: string[] = [];
    const before = await childProcesses();
    const starting = startServer({
      environment: parseEnvironment(variables),
      variables,
      log: pino({ level: 'silent' }),
      print: (line) => void printed.push(line),
    });
    await expect(starting).rejects.toThrow(`PORT: ${port} is taken`);
    expect(printed.join('\n')).toContain('PostgreSQL is running on');
    expect(existsSync(path.join(dataDir, 'postgres/data/postmaster.pid'))).toBe(false);
    expect(await isOpen(metricsPort)).toBe(false);
    await expect
      .poll(async () => (await childProcesses()).filter((pid) => !before.includes(pid)), {
        timeout: 30_000,
      })
      .toEqual([]);
  });

  it('stops the database even if its pool cannot be closed', async () => {
    const dataDir = await dataFolder();
    const failures: unknown[] = [];
    const stack = createCloseStack({ error: (failure: unknown) => void failures.push(failure) });
    const environment = parseEnvironment({ SYNAP_DATA_DIR: dataDir });
    const log = pino({ level: 'silent' });
    const context = { environment, log, print: () => undefined };
    const metrics = { observeBatch: () => undefined };
    const { database } = await openDatabase(context, { metrics }, stack);
    // A second end rejects.
    await database.pool.end();
    await stack.close();
    expect(failures).toHaveLength(1);
    expect(existsSync(path.join(dataDir, 'postgres/data/postmaster.pid'))).toBe(false);
  });

  it('prints a fault of the database, and closes everything without SHUTDOWN_DELAY', async () => {
    const installation = await newInstallation();
    const pooled = new URL(installation.DATABASE_URL);
    pooled.searchParams.set('options', '-c DateStyle=SQL');
    const { code, text } = await run(['start'], {
      ...installation,
      DATABASE_URL: pooled.href.replaceAll('+', '%20'),
      DATABASE_DIRECT_URL: installation.DATABASE_URL,
      DATABASE_POOLER: 'transaction',
      SHUTDOWN_DELAY: '300',
    });
    expect(code).toBe(1);
    expect(text).toMatch(/^DATABASE_URL: /m);
    expect(text).toContain('DateStyle');
    expect(text).toContain('Synap has stopped.');
  });

  it('can be stopped by SIGTERM before it is ready', async () => {
    const folder = await dataFolder();
    const { child, output } = launch(['start'], {
      SYNAP_DATA_DIR: folder,
      DATABASE_URL: 'postgresql://a:b@127.0.0.1:9/none',
    });
    await expect
      .poll(() => output.text, { timeout: 30_000 })
      .toContain('The database cannot be used');
    expect(await ended(child, 'SIGTERM')).toBe(0);
  });
});

/** Returns the ids of child processes. */
async function childProcesses(): Promise<string[]> {
  const found = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => {
        const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
        const isChild =
          new RegExp(`^PPid:\\t${process.pid}$`, 'm').test(status) && !/^State:\tZ/m.test(status);
        return isChild ? [pid] : [];
      }),
  );
  return found.flat();
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).once('error', () => resolve(false));
  });
}
