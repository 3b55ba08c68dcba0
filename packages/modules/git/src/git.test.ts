import { chmodSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setUpModule } from '@synap/module-sdk/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import git from './index.js';
import { makeRepository, temporaryFolder } from './testing/repositories.js';

/** Long enough for a busy machine. */
const soon = { timeout: 10_000 };

const [commits, authors, activity, repositories] = git.widgets;
const setUp = (...paths: string[]) => setUpModule(git, { repositories: paths });
afterEach(() => void vi.unstubAllEnvs());

describe('the commits of a repository', () => {
  it('are all counted, and listed newest first', async () => {
    const { path, commit, git: run } = makeRepository(join(temporaryFolder(), 'app'));
    const hashes = [1, 2, 3].map((n) =>
      commit({ at: 1_700_000_000 + n, message: `Commit ${n}\n\nIts body.` }),
    );
    const harness = await setUp(path);
    const data = await harness.load(commits, { limit: 2 });
    expect(data.total).toBe(Number(run('rev-list', '--count', 'HEAD')));
    expect(data.commits).toEqual([
      {
        hash: hashes[2],
        author: 'Ann',
        date: '2023-11-14T22:13:23.000Z',
        committedAt: '2023-11-14T22:13:23.000Z',
        subject: 'Commit 3',
      },
      {
        hash: hashes[1],
        author: 'Ann',
        date: '2023-11-14T22:13:22.000Z',
        committedAt: '2023-11-14T22:13:22.000Z',
        subject: 'Commit 2',
      },
    ]);
  });

  it('are an empty list in a repository without a commit', async () => {
    const { path } = makeRepository(join(temporaryFolder(), 'app'));
    const harness = await setUp(path);
    expect(await harness.load(commits, {})).toEqual({
      total: 0,
      totalIsComplete: true,
      commits: [],
    });
    expect(await harness.load(authors, {})).toEqual({ total: 0, authors: [] });
    expect(
      (await harness.load(activity, { days: 3 })).days.map(({ commits: count }) => count),
    ).toEqual([0, 0, 0]);
    await harness.sync();
    expect(harness.events).toEqual([]);
  });

  it.each([
    ['separators', 'a|b\tc,"d" \\x00 %H %x00', 'a|b c,"d" \\x00 %H %x00'],
    ['several lines', 'one\ntwo\n\nthree', 'one two'],
    ['terminal codes', '\u001b[31mred\u001b[0m\u0007', '[31mred [0m'],
    ['no text', '', ''],
    ['other scripts', 'Änderung 変更 🎉', 'Änderung 変更 🎉'],
    ['two megabytes', 'x'.repeat(2_000_000), 'x'.repeat(500)],
  ])('have their subject with %s', async (_, message, subject) => {
    const { path, commit } = makeRepository(join(temporaryFolder(), 'app'));
    commit({ message: 'before' });
    commit({ message, at: 1_700_000_001 });
    const harness = await setUp(path);
    const data = await harness.load(commits, {});
    expect(data.commits.map((each) => each.subject)).toEqual([subject, 'before']);
  });

  it.each([
    ['UTF-8', Buffer.from('José'), '', 'José'],
    ['Latin-1 that says so', Buffer.from('José', 'latin1'), 'encoding ISO-8859-1\n', 'José'],
    ['Latin-1 that does not', Buffer.from('José', 'latin1'), '', 'José'],
    ['nothing', Buffer.from(''), '', ''],
  ])('have the name of an author in %s', async (_, author, headers, name) => {
    const { path, commit } = makeRepository(join(temporaryFolder(), 'app'));
    commit({ author, headers });
    const harness = await setUp(path);
    expect((await harness.load(commits, {})).commits[0]?.author).toBe(name);
    expect((await harness.load(authors, {})).authors[0]?.name).toBe(name);
  });

  it.each(['99999999999999', '253402300800', '-1', 'soon', ''])(
    'have a date that can be shown, whatever they claim: %j',
    async (at) => {
      const { path, commit } = makeRepository(join(temporaryFolder(), 'app'));
      commit({ at });
      const harness = await setUp(path);
      const [shown] = (await harness.load(commits, {})).commits;
      expect(shown?.date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
      expect((await harness.load(authors, {})).authors).toHaveLength(1);
      expect((await harness.load(activity, {})).days).toHaveLength(30);
    },
  );

  it('are read from a bare repository, and from one listed by its .git folder', async () => {
    const folder = temporaryFolder();
    const app = makeRepository(join(folder, 'app'));
    app.commit();
    app.git('clone', '--quiet', '--bare', app.path, join(folder, 'bare.git'));
    const harness = await setUp(join(folder, 'bare.git'), join(app.path, '.git'));
    expect((await harness.load(commits, { repository: 'bare' })).total).toBe(1);
    expect((await harness.load(commits, { repository: 'app' })).total).toBe(1);
  });
});

describe('authors and activity', () => {
  it('count each author’s commits and return the newest', async () => {
    const { path, commit } = makeRepository(join(temporaryFolder(), 'app'));
    for (const [n, author] of ['Ann', 'Bob', 'Ann', 'Cy', 'Ann', 'Bob'].entries())
      commit({ author, at: 1_700_000_000 + n });
    const harness = await setUp(path);
    expect(await harness.load(authors, { limit: 2 })).toEqual({
      total: 3,
      authors: [
        { name: 'Ann', commits: 3, last: '2023-11-14T22:13:24.000Z' },
        { name: 'Bob', commits: 2, last: '2023-11-14T22:13:25.000Z' },
      ],
    });
  });

  it('count the commits of each of the last days, including days without one', async () => {
    const { path, commit } = makeRepository(join(temporaryFolder(), 'app'));
    const now = Math.floor(Date.now() / 1_000);
    const day = 24 * 60 * 60;
    for (const ago of [10 * day, 2 * day, 2 * day, 0]) commit({ at: now - ago });
    const { total, days } = await (await setUp(path)).load(activity, { days: 4 });
    expect(total).toBe(3);
    expect(days.map(({ commits: count }) => count)).toEqual([0, 2, 0, 1]);
    expect(days.at(-1)?.date).toBe(new Date(now * 1_000).toISOString().slice(0, 10));
  });
});

describe('repositories', () => {
  it('are listed by unique names, including unreadable ones', async () => {
    const folder = temporaryFolder();
    const one = makeRepository(join(folder, 'one/app'));
    const hash = one.commit();
    const two = makeRepository(join(folder, 'two/app'));
    two.git('symbolic-ref', 'HEAD', 'refs/heads/feature/x');
    const harness = await setUp(one.path, two.path, join(folder, 'gone'));
    expect(await harness.load(repositories, {})).toEqual({
      repositories: [
        { name: 'one/app', branch: 'main', head: hash },
        { name: 'two/app', branch: 'feature/x', head: null },
        {
          name: 'gone',
          branch: null,
          head: null,
          error: expect.stringMatching(
            /^Repository "gone" is not a git repository, .* correct SYNAP_GIT_REPOSITORIES$/,
          ),
        },
      ],
    });
    one.git('checkout', '--quiet', '--detach');
    expect((await harness.load(repositories, {})).repositories[0]).toEqual({
      name: 'one/app',
      branch: null,
      head: hash,
    });
  });

  it('are chosen by name or listed path; the default is the first, and other values are rejected', async () => {
    const folder = temporaryFolder();
    const [one, two] = ['one', 'two'].map((name) => makeRepository(join(folder, name)));
    const private_ = makeRepository(join(folder, 'private'));
    two?.commit({ message: 'In two' });
    private_.commit({ message: 'Private' });
    const harness = await setUp(one?.path ?? '', two?.path ?? '');
    expect((await harness.load(commits, {})).total).toBe(0);
    expect((await harness.load(commits, { repository: 'two' })).commits[0]?.subject).toBe('In two');
    expect((await harness.load(commits, { repository: two?.path })).total).toBe(1);
    for (const repository of [
      'private',
      private_.path,
      `${two?.path}/../private`,
      '--all',
      '',
      '.',
      'two/',
      '../two',
    ]) {
      await expect(harness.load(commits, { repository }), repository).rejects.toThrow(
        'invalid-params: repository: must be one of: one, two',
      );
    }
  });

  it('that are not listed by absolute paths are named, and do not affect the others', async () => {
    const { path, commit } = makeRepository(join(temporaryFolder(), 'app'));
    commit();
    const harness = await setUp('some/relative', path);
    const listed = await harness.load(repositories, {});
    expect(listed.repositories).toMatchObject([
      {
        name: 'relative',
        error: expect.stringMatching(
          /not listed by an absolute path: correct SYNAP_GIT_REPOSITORIES$/,
        ),
      },
      { name: 'app', branch: 'main' },
    ]);
    expect((await harness.load(commits, { repository: 'app' })).total).toBe(1);
    await expect(harness.load(commits, { repository: 'some/relative' })).rejects.toThrow(
      /"relative" is not listed by/,
    );
    await harness.sync();
    expect(harness.events).toHaveLength(1);
  });

  it('that belong to another user are read as well', async () => {
    const { path, commit, git: run } = makeRepository(join(temporaryFolder(), 'app'));
    commit();
    // Only root can change the owner of a folder; for other users this repeats the ordinary case.
    if (process.getuid?.() === 0) {
      vi.stubEnv('HOME', '/nonexistent');
      const { execFileSync } = await import('node:child_process');
      execFileSync('chown', ['-R', '65534:65534', path]);
      expect(() => run('log')).toThrow(/dubious ownership/);
    }
    expect((await (await setUp(path)).load(commits, {})).total).toBe(1);
  });
});

describe('the sync job', () => {
  it('emits each commit once and reports progress; the next run emits only new commits', async () => {
    const { path, commit } = makeRepository(join(temporaryFolder(), 'app'));
    const first = [commit({ message: 'One' }), commit({ message: 'Two' })];
    const harness = await setUp(path);
    await harness.sync();
    expect(harness.events.map(({ payload }) => payload.hash).sort()).toEqual([...first].sort());
    expect(harness.events.find(({ payload }) => payload.hash === first[1])).toEqual({
      key: expect.stringMatching(new RegExp(`^[0-9a-f]{32}:${first[1]}$`)),
      type: 'commit',
      time: new Date(1_700_000_000_000),
      subject: 'app',
      payload: {
        repository: 'app',
        hash: first[1],
        author: 'Ann',
        committedAt: '2023-11-14T22:13:20.000Z',
        subject: 'Two',
      },
    });
    expect(harness.progress).toEqual([0, 1].map((done) => ({ done, total: 1 })));
    const third = commit({ message: 'Three' });
    await harness.sync();
    expect(harness.events.at(-1)?.payload.hash).toBe(third);
    expect([...harness.store.values()]).toEqual([{ head: third, total: 3, ownKeysFrom: 0 }]);
  });

  it('continues after a history was rewritten', async () => {
    const { path, commit, git: run } = makeRepository(join(temporaryFolder(), 'app'));
    const first = commit();
    const harness = await setUp(path);
    commit({ message: 'To be forgotten' });
    await harness.sync();
    run('reset', '--quiet', '--soft', first);
    run(
      '-c',
      'user.name=Ann',
      '-c',
      'user.email=a@example.org',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'Instead',
    );
    run('reflog', 'expire', '--expire=now', '--all');
    run('gc', '--quiet', '--prune=now');
    await harness.sync();
    expect(harness.events.map(({ payload }) => payload.subject)).toContain('Instead');
  });

  it('reads the other repositories if one cannot be read, and fails if none can', async () => {
    const folder = temporaryFolder();
    const { path, commit } = makeRepository(join(folder, 'app'));
    commit();
    const harness = await setUp(join(folder, 'gone'), path);
    await harness.sync();
    expect(harness.events).toHaveLength(1);
    expect(harness.progress.at(-1)).toEqual({ done: 2, total: 2 });
    expect(harness.logs).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'A repository was left out' }),
    );
    await expect((await setUp(join(folder, 'gone'))).sync()).rejects.toThrow(
      /^Repository "gone" is not a git repository/,
    );
  });
});

describe('git itself', () => {
  it('is killed when the load is aborted', async () => {
    const folder = temporaryFolder();
    const { path } = makeRepository(join(folder, 'app'));
    writeFileSync(join(folder, 'git'), `#!/bin/sh\necho $$ > ${folder}/pid\nexec sleep 60\n`);
    chmodSync(join(folder, 'git'), 0o755);
    vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
    const controller = new AbortController();
    const loading = (await setUp(path)).load(commits, {}, { signal: controller.signal });
    const failing = expect(loading).rejects.toThrow(/aborted/);
    const pid = async () => Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => '0'));
    await expect.poll(pid, soon).toBeGreaterThan(0);
    controller.abort();
    await failing;
    const running = await pid();
    await expect.poll(() => isRunning(running), soon).toBe(false);
  });

  it('is named in the error if it is not installed', async () => {
    const { path } = makeRepository(join(temporaryFolder(), 'app'));
    vi.stubEnv('PATH', '/nonexistent');
    await expect((await setUp(path)).load(commits, {})).rejects.toThrow(
      'git is not installed on the server: install it',
    );
  });

  it('is not searched in a relative folder', async () => {
    const folder = temporaryFolder();
    const { path } = makeRepository(join(folder, 'app'));
    writeFileSync(join(folder, 'git'), '#!/bin/sh\nexit 7\n');
    chmodSync(join(folder, 'git'), 0o755);
    vi.stubEnv('PATH', `${folder.slice(1)}:.:${process.env.PATH}`);
    expect(await (await setUp(path)).load(commits, {})).toEqual({
      total: 0,
      totalIsComplete: true,
      commits: [],
    });
  });

  it('has its error output logged, and hidden from the caller', async () => {
    const { path } = makeRepository(join(temporaryFolder(), 'app'));
    writeFileSync(join(path, '.git/config'), '[broken');
    const harness = await setUp(path);
    await expect(harness.load(commits, {})).rejects.toThrow(
      "git could not read the repository; the server's log says why",
    );
    expect(JSON.stringify(harness.logs)).toContain('bad config');
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
