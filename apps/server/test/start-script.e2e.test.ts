import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { copyCheckout } from './checkout.js';
import { admin } from './server-under-test.js';
import { dataFolder, ended, endProcesses } from './synap-process.js';

let checkout: string;
beforeAll(async () => {
  const { folder, remove } = await copyCheckout();
  checkout = folder;
  return remove;
}, 60_000);
afterEach(endProcesses);

function launch(command: string, args: string[], variables: Record<string, string>) {
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    PORT: '0',
    SYNAP_ADMIN_PASSWORD: admin.password,
    ...variables,
  };
  const child = spawn(command, args, { cwd: checkout, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output.text += chunk.toString()));
  return { child, output };
}

const exitOf = (child: ChildProcess) => new Promise((resolve) => child.once('exit', resolve));
const ours = [
  /^$/,
  /^> /,
  /^Starting Synap/,
  /^The database is in/,
  /^Creating a PostgreSQL/,
  /^PostgreSQL is running on/,
  /^Applying/,
];
const atTheEnd = [/^Superuser: /, /^Synap is ready/, /^ {2}(docs|REST|RPC) /];

describe('npm start', { timeout: 60_000 }, () => {
  it('prints no output of its tools, and stops everything if only npm gets the signal', async () => {
    const data = await dataFolder();
    const { child, output } = launch('npm', ['start'], { SYNAP_DATA_DIR: data, LOG_LEVEL: 'warn' });
    await expect.poll(() => output.text, { timeout: 30_000 }).toContain('  RPC  ');
    const isOurs = (line: string) => [...ours, ...atTheEnd].some((pattern) => pattern.test(line));
    expect(output.text.split('\n').filter((line) => !isOurs(line))).toEqual([]);
    const origin = /Synap is ready: (\S+)/.exec(output.text)?.[1] ?? '';
    const database = Number(
      readFileSync(path.join(data, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0],
    );
    await ended(child, 'SIGTERM');
    await expect.poll(() => isAlive(database), { timeout: 30_000 }).toBe(false);
    await expect(fetch(origin)).rejects.toThrow();
  });

  it('shows why an installation failed, without warnings about packages', async () => {
    const manifest = path.join(checkout, 'package.json');
    const original = await readFile(manifest, 'utf8');
    await rm(path.join(checkout, 'node_modules'), { recursive: true });
    await writeFile(manifest, original.replace('"tsx": "', '"tsx": "^'));
    const { child, output } = launch(process.execPath, ['scripts/start.mjs', 'start'], {
      SYNAP_DATA_DIR: await dataFolder(),
    });
    expect(await exitOf(child)).toBe(1);
    expect(output.text).toContain('Installing dependencies …');
    expect(output.text).toContain('ERR_PNPM_OUTDATED_LOCKFILE');
    expect(output.text).toContain('The dependencies could not be installed');
    expect(output.text).not.toContain('Unsupported engine');
  });

  it('names the required version if Node is too old', async () => {
    const old = path.join(checkout, 'old-node.cjs');
    await writeFile(
      old,
      "Object.defineProperty(process, 'versions', { value: { node: '18.20.8' } });",
    );
    for (const args of [
      ['scripts/start.mjs', 'start'],
      ['scripts/pnpm.mjs', 'run', 'test:run'],
    ]) {
      const { child, output } = launch(process.execPath, ['--require', old, ...args], {});
      expect(await exitOf(child)).toBe(1);
      expect(output.text).toMatch(/^Synap needs Node 20\.19 or newer; this is 18\.20\.8\..*\n$/);
    }
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
