import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setUpModule } from '@synap/module-sdk/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import git from './index.js';
import { makeHostileRepository } from './testing/hostile.js';
import { makeRepository, temporaryFolder } from './testing/repositories.js';

const [commits, authors, activity, repositories] = git.widgets;
const setUp = (...paths: string[]) => setUpModule(git, { repositories: paths });
afterEach(() => void vi.unstubAllEnvs());

describe('a hostile repository', () => {
  it('is read by every widget and by the sync without running its programs', async () => {
    const { path, ran } = makeHostileRepository();
    vi.stubEnv('GIT_EXTERNAL_DIFF', join(path, 'git'));
    vi.stubEnv('GIT_PAGER', join(path, 'git'));
    vi.stubEnv('GIT_DIR', '/nonexistent');
    const harness = await setUp(path);
    expect(await harness.load(commits, {})).toMatchObject({
      total: 2,
      commits: [{ subject: 'Signed', author: 'Ann' }, { subject: 'First' }],
    });
    expect((await harness.load(authors, {})).authors).toMatchObject([{ name: 'Ann', commits: 2 }]);
    await harness.load(activity, {});
    expect((await harness.load(repositories, {})).repositories).toMatchObject([
      { name: 'app', branch: 'main' },
    ]);
    await harness.sync();
    expect(harness.events).toHaveLength(2);
    expect(ran()).toEqual([]);
  });

  it('runs its programs if git is used without the overrides', () => {
    const { path, ran } = makeHostileRepository();
    // The exit code of git does not matter here.
    for (const careless of [['log', '--patch'], ['status'], ['cat-file', '-p', '1'.repeat(40)]])
      spawnSync('git', ['-C', path, ...careless]);
    expect(ran()).toEqual(expect.arrayContaining(['core.fsmonitor', 'ext']));
    expect(ran().some((name) => name.endsWith('gpg') || name === 'gpg.program')).toBe(true);
  });

  it('cannot make git fetch an object that it lacks', async () => {
    const { path, ran, git: run } = makeHostileRepository();
    const parent = run('rev-parse', 'HEAD~1');
    rmSync(join(path, '.git/objects', parent.slice(0, 2), parent.slice(2)));
    const harness = await setUp(path);
    await expect(harness.load(commits, {})).rejects.toThrow(/git could not read the repository/);
    await expect(harness.load(authors, {})).rejects.toThrow(/git could not read the repository/);
    expect(ran()).toEqual([]);
  });
});

describe('a repository that leads out of the listed folders', () => {
  const refused = /keeps its data in a folder that is not listed/;

  function makePrivate() {
    const folder = temporaryFolder();
    const secret = makeRepository(join(folder, 'private'));
    secret.commit({ message: 'Secret' });
    const listed = join(folder, 'listed');
    mkdirSync(listed);
    return { folder, secret, listed };
  }

  it.each([
    [
      'a .git file',
      (listed: string, secret: string) =>
        writeFileSync(join(listed, '.git'), `gitdir: ${secret}/.git\n`),
    ],
    [
      'a relative .git file',
      (listed: string) => writeFileSync(join(listed, '.git'), 'gitdir: ../private/.git\n'),
    ],
    [
      'a link for .git',
      (listed: string, secret: string) => symlinkSync(join(secret, '.git'), join(listed, '.git')),
    ],
    [
      'a chain of links',
      (listed: string, secret: string) => {
        symlinkSync(join(secret, '.git'), join(listed, 'link'));
        symlinkSync('link', join(listed, '.git'));
      },
    ],
    [
      'a worktree of another repository',
      (listed: string, secret: string) => {
        rmSync(listed, { recursive: true });
        execFileSync('git', ['-C', secret, 'worktree', 'add', '--quiet', '--detach', listed]);
      },
    ],
    [
      'a common folder elsewhere',
      (listed: string, secret: string) => {
        makeRepository(listed);
        writeFileSync(join(listed, '.git/commondir'), `${secret}/.git\n`);
      },
    ],
    [
      'a link for its objects',
      (listed: string, secret: string) => {
        makeRepository(listed);
        rmSync(join(listed, '.git/objects'), { recursive: true });
        symlinkSync(join(secret, '.git/objects'), join(listed, '.git/objects'));
      },
    ],
    [
      'borrowed objects',
      (listed: string, secret: string) => {
        rmSync(listed, { recursive: true });
        execFileSync('git', ['clone', '--quiet', '--shared', secret, listed]);
      },
    ],
    [
      'objects that are borrowed twice over',
      (listed: string, secret: string) => {
        rmSync(listed, { recursive: true });
        execFileSync('git', ['clone', '--quiet', '--shared', secret, listed]);
        mkdirSync(join(listed, '.git/between/info'), { recursive: true });
        renameSync(
          join(listed, '.git/objects/info/alternates'),
          join(listed, '.git/between/info/alternates'),
        );
        writeFileSync(join(listed, '.git/objects/info/alternates'), '../between\n');
      },
    ],
  ])('is refused: %s', async (_, lead) => {
    const { secret, listed } = makePrivate();
    lead(listed, secret.path);
    const harness = await setUp(listed);
    await expect(harness.load(commits, {})).rejects.toThrow(refused);
    expect((await harness.load(repositories, {})).repositories).toMatchObject([
      { head: null, error: expect.stringMatching(refused) },
    ]);
  });

  it('is read if its target folder is listed as well', async () => {
    const { folder, secret } = makePrivate();
    const worktree = join(folder, 'worktree');
    secret.git('worktree', 'add', '--quiet', '--detach', worktree);
    const shared = join(folder, 'shared');
    execFileSync('git', ['clone', '--quiet', '--shared', secret.path, shared]);
    const harness = await setUp(worktree, shared, secret.path);
    for (const repository of ['worktree', 'shared']) {
      expect((await harness.load(commits, { repository })).commits).toMatchObject([
        { subject: 'Secret' },
      ]);
    }
  });

  it('is not searched above a listed folder', async () => {
    const { secret } = makePrivate();
    mkdirSync(join(secret.path, 'below'));
    await expect((await setUp(join(secret.path, 'below'))).load(commits, {})).rejects.toThrow(
      /is not a git repository/,
    );
  });
});
