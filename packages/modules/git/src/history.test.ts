import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setUpModule } from '@synap/module-sdk/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import git from './index.js';
import { makeRepository, temporaryFolder } from './testing/repositories.js';
import { widgetLoads } from './testing/widget-loads.js';
import { knownRepository, totalForWidget } from './totals.js';

const [commits, authors, activity, repositories] = git.widgets;
const app = () => makeRepository(join(temporaryFolder(), 'app'));
const setUp = (...paths: string[]) => setUpModule(git, { repositories: paths });
afterEach(() => void vi.unstubAllEnvs());

/** Installs a git in the search path that records its arguments and runs the real one. */
function recordGit(): () => string[] {
  const folder = temporaryFolder();
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  writeFileSync(
    join(folder, 'git'),
    `#!/bin/sh\necho "$@" >> ${folder}/calls\nexec ${real} "$@"\n`,
  );
  writeFileSync(join(folder, 'calls'), '');
  chmodSync(join(folder, 'git'), 0o755);
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
  return () => readFileSync(join(folder, 'calls'), 'utf8').split('\n').filter(Boolean);
}

describe('a setting of the repository', () => {
  it('that makes git warn does not fail an empty repository or a detached HEAD', async () => {
    const { path, git: run, commit } = app();
    run('config', 'core.fsyncObjectFiles', 'true');
    const harness = await setUp(path);
    expect(await harness.load(commits, {})).toEqual({
      total: 0,
      totalIsComplete: true,
      commits: [],
    });
    commit();
    run('checkout', '--quiet', '--detach');
    expect((await harness.load(repositories, {})).repositories).toMatchObject([
      { branch: null, head: run('rev-parse', 'HEAD') },
    ]);
  });

  it.each(['ISO-8859-1', 'UTF-16', 'IBM037', 'none', 'no-such-encoding'])(
    'does not choose the encoding of what is read: %s',
    async (encoding) => {
      const { path, git: run, commit } = app();
      for (const key of ['logOutputEncoding', 'commitEncoding'])
        run('config', `i18n.${key}`, encoding);
      commit({ author: 'José', message: 'Grüße 変更' });
      commit({
        author: Buffer.from('José', 'latin1'),
        headers: 'encoding ISO-8859-1\n',
        message: Buffer.from('Grüße', 'latin1'),
        at: 1_700_000_001,
      });
      const harness = await setUp(path);
      expect((await harness.load(commits, {})).commits).toMatchObject([
        { author: 'José', subject: 'Grüße' },
        { author: 'José', subject: 'Grüße 変更' },
      ]);
      expect((await harness.load(authors, {})).authors).toMatchObject([
        { name: 'José', commits: 2 },
      ]);
      await harness.sync();
      expect(harness.events.map(({ payload }) => payload.author)).toEqual(['José', 'José']);
    },
  );
});

describe('a HEAD that leads nowhere', () => {
  const missing = '1'.repeat(40);

  it.each([
    [
      'its commit is missing',
      (path: string) => writeFileSync(join(path, '.git/refs/heads/main'), `${missing}\n`),
    ],
    [
      'it is detached at a missing commit',
      (path: string) => writeFileSync(join(path, '.git/HEAD'), `${missing}\n`),
    ],
    [
      'its branch was cut off in a crash',
      (path: string) => writeFileSync(join(path, '.git/refs/heads/main'), ''),
    ],
    [
      'its branch holds other text',
      (path: string) => writeFileSync(join(path, '.git/refs/heads/main'), 'text\n'),
    ],
    [
      'the missing commit is in the packed references',
      (path: string) => {
        rmSync(join(path, '.git/refs/heads/main'));
        writeFileSync(
          join(path, '.git/packed-refs'),
          `# pack-refs with: peeled\n${missing} refs/heads/main\n`,
        );
      },
    ],
  ])('is an error, not a repository without commits: %s', async (_, damage) => {
    const { path, commit } = app();
    commit();
    damage(path);
    const harness = await setUp(path);
    for (const load of widgetLoads(harness))
      await expect(load()).rejects.toThrow(/git could not read the repository/);
    await expect(harness.sync()).rejects.toThrow(/git could not read the repository/);
  });

  it('is an empty repository if its branch does not exist, even if another branch starts with its name', async () => {
    const { path, git: run } = app();
    mkdirSync(join(path, '.git/refs/heads/feature'));
    run('symbolic-ref', 'HEAD', 'refs/heads/feature');
    expect((await (await setUp(path)).load(commits, {})).total).toBe(0);
  });
});

describe('dates', () => {
  const now = Math.floor(Date.now() / 1_000);

  it('of authoring and committing are distinct', async () => {
    const { path, commit } = app();
    commit({ at: 1_600_000_000, committed: 1_700_000_000 });
    const harness = await setUp(path);
    expect((await harness.load(commits, {})).commits).toMatchObject([
      { date: '2020-09-13T12:26:40.000Z', committedAt: '2023-11-14T22:13:20.000Z' },
    ]);
    await harness.sync();
    expect(harness.events).toMatchObject([
      {
        time: new Date('2020-09-13T12:26:40.000Z'),
        payload: { committedAt: '2023-11-14T22:13:20.000Z' },
      },
    ]);
  });

  it('of commits behind one with an older date count in the activity', async () => {
    const { path, commit } = app();
    commit({ at: now });
    commit({ at: now });
    for (let old = 0; old < 8; old += 1) commit({ at: now, committed: 946_684_800 + old });
    commit({ at: now });
    expect((await (await setUp(path)).load(activity, { days: 2 })).total).toBe(3);
  });
});

describe('a long history', () => {
  it('is never read completely by a widget', async () => {
    const { path, commit } = app();
    for (let n = 0; n < 3; n += 1) commit({ at: 1_700_000_000 + n });
    const harness = await setUp(path);
    const calls = recordGit();
    for (const load of widgetLoads(harness)) await load();
    const walks = calls().filter((call) => / (log|rev-list) /.test(call));
    expect(walks).toHaveLength(4);
    for (const walk of walks) expect(walk).toContain('--max-count=');
  });

  it('is counted by the sync, and only its new commits by the widget', async () => {
    const { path, commit, git: run } = app();
    for (let n = 0; n < 3; n += 1) commit({ at: 1_700_000_000 + n });
    const harness = await setUp(path);
    await harness.sync();
    const calls = recordGit();
    expect(await harness.load(commits, { limit: 1 })).toMatchObject({
      total: 3,
      totalIsComplete: true,
    });
    expect(calls().filter((call) => call.includes(' rev-list '))).toEqual([]);
    commit({ at: 1_700_000_009 });
    expect(await harness.load(commits, { limit: 1 })).toMatchObject({
      total: 4,
      totalIsComplete: true,
    });
    expect(calls().filter((call) => call.includes(' rev-list '))).toEqual([
      expect.stringContaining('--left-right'),
    ]);
    run('reset', '--quiet', '--soft', 'HEAD~2');
    expect(await harness.load(commits, { limit: 1 })).toMatchObject({
      total: 2,
      totalIsComplete: true,
    });
  });

  it('is counted in part before the first sync', async () => {
    const { path, commit } = app();
    const hashes = [0, 1, 2].map((n) => commit({ at: 1_700_000_000 + n }));
    const call = { gitDirectory: join(path, '.git'), signal: new AbortController().signal };
    const empty = { get: async () => null };
    expect(
      await totalForWidget(call, hashes[2] ?? '', await knownRepository(call, empty), 2),
    ).toEqual({
      total: 2,
      totalIsComplete: false,
    });
    expect(await totalForWidget(call, hashes[2] ?? '', undefined)).toEqual({
      total: 3,
      totalIsComplete: true,
    });
  });
});

describe('repositories with common commits', () => {
  function makeFork() {
    const folder = temporaryFolder();
    const one = makeRepository(join(folder, 'one'));
    one.commit({ message: 'Common' });
    execFileSync('git', ['clone', '--quiet', '--no-hardlinks', one.path, join(folder, 'two')]);
    return { one, paths: [one.path, join(folder, 'two')] };
  }

  it('each report them', async () => {
    const { paths } = makeFork();
    const harness = await setUp(...paths);
    await harness.sync();
    expect(harness.events.map(({ subject }) => subject)).toEqual(['one', 'two']);
    await harness.sync();
    expect(harness.events).toHaveLength(2);
  });

  it('do not repeat commits that an earlier version reported by the hash alone', async () => {
    const { one, paths } = makeFork();
    const harness = await setUp(...paths);
    await harness.sync();
    // State and events as an earlier version stored them.
    for (const [key, value] of harness.store) {
      if (
        typeof value === 'object' &&
        value !== null &&
        'head' in value &&
        typeof value.head === 'string'
      )
        harness.store.set(key, { head: value.head, total: 1 });
    }
    const [event] = harness.events.splice(0);
    const known = String(event?.payload.hash);
    if (event) harness.events.push({ ...event, key: known });
    one.git('reset', '--quiet', '--soft', known);
    await harness.sync();
    expect(harness.events).toHaveLength(1);

    // A previously reported branch becomes HEAD again.
    const old = one.commit({ message: 'Reported before', at: 1_700_000_005 });
    harness.events.push({
      key: old,
      type: 'commit',
      time: new Date(0),
      payload: { subject: 'Reported before' },
    });
    await harness.sync();
    expect(harness.events).toHaveLength(2);

    const fresh = one.commit({ message: 'New', at: Math.floor(Date.now() / 1_000) + 60 });
    await harness.sync();
    expect(harness.events.at(-1)?.key).toMatch(new RegExp(`^[0-9a-f]{32}:${fresh}$`));
    expect(harness.events).toHaveLength(3);
  });
});
