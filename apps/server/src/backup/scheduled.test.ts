import { execFileSync } from 'node:child_process';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { createClock, createTestDatabase, type TestDatabase, until } from '@synap/testing';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeBackupFile } from './backup-file.js';
import { newestGood } from './backup-folder.js';
import { isSchedule, lastDue } from './schedule.js';
import { scheduledBackup } from './scheduled.js';

let database: TestDatabase;
let folder: string;
const clock = createClock(new Date('2026-03-01T03:00:00Z'));
const secrets = { access: 'a', refresh: 'b', encryption: 'c' };
beforeEach(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(os.tmpdir(), 'synap-backups-'));
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

function jobFor(url: string, keep: number) {
  const backup = { dir: folder, schedule: '0 3 * * *', keep, passphrase: undefined };
  const job = scheduledBackup({
    environment: { backup },
    url,
    secrets,
    log: pino({ level: 'silent' }),
    now: clock.now,
  });
  if (!job) throw new Error('no job');
  return job;
}
const day = 86_400_000;
const files = async () => (await readdir(folder)).sort();

it('keeps the newest backups of its own, and no other file is ever removed', async () => {
  const others = [
    'notes.txt',
    'synap-backup-20200101T000000Z.tar.gz',
    'synap-backup-20200102T000000Z.tar.gz.old',
  ];
  for (const name of others) await writeFile(path.join(folder, name), 'not a backup');
  const stranger = await createTestDatabase();
  await jobFor(stranger.url, 1).run(new AbortController().signal);
  await stranger.drop();
  const foreign = 'synap-backup-20260301T030000Z.tar.gz';
  const { run } = jobFor(database.url, 2);
  clock.advance(1000);
  await run(new AbortController().signal);
  const copy = 'copy-by-hand.tar.gz';
  await copyFile(
    path.join(folder, 'synap-backup-20260301T030001Z.tar.gz'),
    path.join(folder, copy),
  );
  for (let round = 0; round < 4; round += 1) {
    clock.advance(day);
    await run(new AbortController().signal);
  }
  const own = ['synap-backup-20260304T030001Z.tar.gz', 'synap-backup-20260305T030001Z.tar.gz'];
  expect(await files()).toEqual([...others, foreign, copy, ...own].sort());
  expect((await stat(path.join(folder, own[0] ?? ''))).mode & 0o777).toBe(0o600);
});

it('a run that fails removes nothing and leaves nothing; what killed runs left goes after a day', async () => {
  clock.set(new Date());
  await jobFor(database.url, 1).run(new AbortController().signal);
  const [good] = await files();
  const [old, fresh] = [
    '.synap-backup-20200101T000000Z.tar.gz.1.partial',
    '.synap-backup-20200102T000000Z.tar.gz.2.partial',
  ];
  for (const name of [old, fresh]) await writeFile(path.join(folder, name), '');
  await utimes(path.join(folder, old), new Date(0), new Date(0));
  clock.advance(60_000);
  const empty = await createTestDatabase({ migrated: false });
  await expect(jobFor(empty.url, 1).run(new AbortController().signal)).rejects.toThrow(
    'not migrated',
  );
  await empty.drop();
  expect(await files()).toEqual([fresh, good].sort());
});

it('a damaged file is not taken for the last good one', async () => {
  const { run } = jobFor(database.url, 5);
  clock.set(new Date('2026-03-01T03:00:00Z'));
  await run(new AbortController().signal);
  const [good = ''] = await files();
  await writeFile(path.join(folder, 'synap-backup-20270101T000000Z.tar.gz'), 'cut short');
  expect((await newestGood(folder)).backup?.file).toBe(path.join(folder, good));
});

it('two runs at once each make a whole backup, also in containers whose processes have the same number', async () => {
  const runs = [jobFor(database.url, 5), jobFor(database.url, 5)];
  clock.set(new Date('2026-04-01T03:00:00Z'));
  const first = runs[0]?.run(new AbortController().signal);
  clock.advance(1000);
  await Promise.all([first, runs[1]?.run(new AbortController().signal)]);
  expect(await files()).toEqual([
    'synap-backup-20260401T030000Z.tar.gz',
    'synap-backup-20260401T030001Z.tar.gz',
  ]);
  // In the same second one of them wins, and does not lose its file to the other.
  clock.advance(1000);
  const results = await Promise.allSettled(
    runs.map(({ run }) => run(new AbortController().signal)),
  );
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

it('pipes, folders and links that are named like backups hold up none, and stay', async () => {
  const names = ['synap-backup-20200101T000000Z.tar.gz', 'synap-backup-20200102T000000Z.tar.gz'];
  execFileSync('mkfifo', [path.join(folder, names[0] ?? '')]);
  await mkdir(path.join(folder, names[1] ?? ''));
  const link = '.synap-backup-20200101T000000Z.tar.gz.1.partial';
  await symlink('/nowhere', path.join(folder, link));
  await jobFor(database.url, 1).run(new AbortController().signal);
  expect(await files()).toEqual(expect.arrayContaining([link, ...names]));
});

it('a folder in which no file can be made fails the run, not the process', async () => {
  // As a database that takes a while to answer.
  const write = async (output: Writable) => {
    await setTimeout(100);
    await finished(output.end());
  };
  await expect(writeBackupFile(path.join(folder, 'lost', 'backup.tar.gz'), write)).rejects.toThrow(
    'ENOENT',
  );
});

it('a run that fails before it writes leaves no open file', async () => {
  const openFiles = async () =>
    (
      await Promise.all(
        (
          await readdir('/proc/self/fd')
        ).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
      )
    ).filter((target) => target.startsWith(folder));
  await expect(
    jobFor('postgresql://a:b@127.0.0.1:1/x', 1).run(new AbortController().signal),
  ).rejects.toThrow('ECONNREFUSED');
  await until(async () => (await openFiles()).length === 0);
  expect(await files()).toEqual([]);
});

it('what cannot be read back never gets its name', async () => {
  const file = path.join(folder, 'backup.tar.gz');
  const write = (output: Writable) => finished(output.end('a disk that forgets'));
  await expect(writeBackupFile(file, write)).rejects.toThrow('truncated or altered');
  expect(await files()).toEqual([]);
});

it('knows when a backup was due last, in UTC', () => {
  const now = new Date('2026-03-01T02:59:59Z');
  expect(lastDue('0 3 * * *', now)).toEqual(new Date('2026-02-28T03:00:00Z'));
  expect(lastDue('0 3 * * 0', new Date('2026-03-04T00:00:00Z'))).toEqual(
    new Date('2026-03-01T03:00:00Z'),
  );
  expect(lastDue('0 0 30 2 *', now)).toBeNull();
  expect(['0 3 * * *', '*/15 * * * *'].every(isSchedule)).toBe(true);
  expect(['', 'daily', '0 3 * *', '61 3 * * *'].some(isSchedule)).toBe(false);
});
