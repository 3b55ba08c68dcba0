import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { copyCheckout } from './checkout.js';
import { admin } from './server-under-test.js';
import { dataFolder, ended, endProcesses } from './synap-process.js';

let checkout: string;
beforeAll(async () => {
  const { folder, remove } = await copyCheckout();
  checkout = folder;
  return remove;
}, 60_000);

/** `pnpm dev` in the copy, with its output. */
interface Dev {
  child: ChildProcess;
  data: string;
  text(): string;
  /** Returns how many times the server was ready. */
  starts(): number;
  origin(): string;
  databasePid(): number;
}

const children: ChildProcess[] = [];
const times = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length;

async function startDev(variables: Record<string, string> = {}): Promise<Dev> {
  const data = await dataFolder();
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    PORT: '0',
    SYNAP_DATA_DIR: data,
    SYNAP_ADMIN_PASSWORD: admin.password,
    SYNAP_GIT_REPOSITORIES: '[]',
    ...variables,
  };
  const child = spawn(process.execPath, ['scripts/start.mjs', 'start', '--reload'], {
    cwd: checkout,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  children.push(child);
  const dev: Dev = {
    child,
    data,
    text: () => text,
    starts: () => times(text, /Synap is ready/g),
    origin: () => [...text.matchAll(/Synap is ready: (\S+)/g)].at(-1)?.[1] ?? '',
    databasePid: () =>
      Number(readFileSync(path.join(data, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]),
  };
  await until(dev, () => dev.starts() === 1);
  return dev;
}

/** Waits for a condition; fails with the output. */
async function until({ text }: Dev, condition: () => boolean): Promise<void> {
  await expect.poll(() => condition() || text(), { timeout: 60_000, interval: 100 }).toBe(true);
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('pnpm dev', { timeout: 180_000 }, () => {
  let file: string;
  let original: string;
  beforeEach(async () => {
    file = path.join(checkout, 'apps/server/src/config/version.ts');
    original = await readFile(file, 'utf8');
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await ended(child, 'SIGKILL');
    await writeFile(file, original);
    await endProcesses();
  });

  const save = (note: string) => writeFile(file, `${original}// ${note}\n`);
  /** Replaces a file by a new one, as editors do. */
  async function saveAtomically(note: string): Promise<void> {
    await writeFile(`${file}~`, `${original}// ${note}\n`);
    await rename(`${file}~`, file);
  }

  it('restarts the server at each save, including atomic ones, on the same running database', async () => {
    const dev = await startDev();
    const database = dev.databasePid();
    let starts = 1;
    for (const write of [save, saveAtomically, saveAtomically, saveAtomically, save]) {
      await write(`save ${starts}`);
      starts += 1;
      await until(dev, () => dev.starts() === starts);
    }
    expect((await fetch(`${dev.origin()}/readyz`)).status).toBe(200);
    expect(dev.databasePid()).toBe(database);
    expect(await ended(dev.child, 'SIGTERM')).toBe(0);
    expect(isAlive(database)).toBe(false);
    await expect(fetch(dev.origin())).rejects.toThrow();
  });

  it('shows a syntax error and starts again at the next good save', async () => {
    const dev = await startDev();
    const database = dev.databasePid();
    await writeFile(file, 'export const version = ;\n');
    await until(dev, () => dev.text().includes('Waiting for a change'));
    expect(dev.text()).toMatch(/version\.ts:1/);
    await saveAtomically('good again');
    await until(dev, () => dev.starts() === 2);
    expect(dev.databasePid()).toBe(database);
    expect(await ended(dev.child, 'SIGINT')).toBe(0);
    expect(isAlive(database)).toBe(false);
  });

  it('detects new, removed and module files, restarts once for a burst, and ignores other files', async () => {
    const modules = await dataFolder();
    const dev = await startDev({ SYNAP_MODULES_DIR: modules });
    const added = path.join(checkout, 'packages/core/src/new/deep/file.ts');
    await mkdir(path.dirname(added), { recursive: true });
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        writeFile(added.replace('file', `file${index}`), 'export {};\n'),
      ),
    );
    await until(dev, () => dev.starts() === 2);
    await rm(path.join(checkout, 'packages/core/src/new'), { recursive: true });
    await until(dev, () => dev.starts() === 3);
    await mkdir(path.join(modules, 'mine'));
    await writeFile(path.join(modules, 'mine/index.js'), '');
    await until(dev, () => dev.starts() === 4);

    await mkdir(path.join(modules, 'node_modules'));
    for (const folder of [path.join(modules, 'node_modules'), dev.data])
      await writeFile(path.join(folder, 'noise.js'), '');
    await writeFile(path.join(checkout, 'apps/server/notes.txt'), '');
    await save('last');
    await until(dev, () => dev.starts() === 5);
    const restarts = dev.text().match(/^Changed: .*/gm) ?? [];
    expect(restarts).toHaveLength(4);
    expect(restarts.at(-1)).toBe('Changed: apps/server/src/config/version.ts. Restarting …');
    expect(await ended(dev.child, 'SIGTERM')).toBe(0);
  });

  it('leaves nothing running when it is killed', async () => {
    const dev = await startDev();
    const database = dev.databasePid();
    await ended(dev.child, 'SIGKILL');
    await expect.poll(() => isAlive(database), { timeout: 30_000 }).toBe(false);
    await expect
      .poll(
        () =>
          fetch(dev.origin()).then(
            () => true,
            () => false,
          ),
        { timeout: 30_000 },
      )
      .toBe(false);
  });
});
