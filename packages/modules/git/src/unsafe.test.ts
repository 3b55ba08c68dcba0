import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setUpModule } from '@synap/module-sdk/testing';
import { describe, expect, it } from 'vitest';
import git from './index.js';
import { readRepository } from './reading.js';
import { makeRepository, temporaryFolder } from './testing/repositories.js';
import { widgetLoads } from './testing/widget-loads.js';

const [commits, , , repositories] = git.widgets;
const refused =
  /^Repository "bad" holds a symbolic link, a pipe, a device or an oversized file in its \.git folder: remove it$/;

const pipe = (path: string) => {
  rmSync(path, { recursive: true, force: true });
  execFileSync('mkfifo', [path]);
};
const link = (target: string) => (path: string) => {
  rmSync(path, { recursive: true, force: true });
  symlinkSync(target, path);
};

/** Creates a good repository, and a bad one with a commit whose entry `path` was replaced. */
function makePair(path: string, replace: (path: string) => void) {
  const folder = temporaryFolder();
  const good = makeRepository(join(folder, 'good'));
  good.commit({ message: 'Good' });
  const bad = makeRepository(join(folder, 'bad'));
  const hash = bad.commit({ message: 'Bad' });
  replace(join(bad.path, path.replace('<object>', `objects/${hash.slice(0, 2)}/${hash.slice(2)}`)));
  return { folder, good, bad };
}

describe('a repository with an entry that is not a regular file', () => {
  it.each([
    ['a pipe for .git', '.git', pipe],
    ['a pipe for HEAD', '.git/HEAD', pipe],
    ['a pipe for its configuration', '.git/config', pipe],
    ['a pipe for its packed references', '.git/packed-refs', pipe],
    ['a pipe for its branch', '.git/refs/heads/main', pipe],
    ['a pipe for its common folder', '.git/commondir', pipe],
    ['a pipe for the list of folders it borrows from', '.git/objects/info/alternates', pipe],
    ['a pipe for an object', '.git/<object>', pipe],
    ['a pipe for its grafts', '.git/info/grafts', pipe],
    ['a pipe for the list of cut parents', '.git/shallow', pipe],
    ['a link to a file for HEAD', '.git/HEAD', link('/etc/passwd')],
    ['a link to a device for HEAD', '.git/HEAD', link('/dev/zero')],
    ['a link to a device for its configuration', '.git/config', link('/dev/zero')],
    ['a link to a file for its configuration', '.git/config', link('/etc/passwd')],
    ['a link for its references', '.git/refs', link('../good/.git/refs')],
    ['a link for its branch', '.git/refs/heads/main', link('/dev/zero')],
    ['a link for an object', '.git/<object>', link('/dev/zero')],
    ['a link for its packs', '.git/objects/pack', link('/tmp')],
    [
      'a link to another listed repository for its objects',
      '.git/objects',
      link('../../good/.git/objects'),
    ],
  ])('is refused and stops no other: %s', async (_, path, replace) => {
    const { good, bad } = makePair(path, replace);
    const harness = await setUpModule(git, { repositories: [bad.path, good.path] });
    for (const load of widgetLoads(harness, { repository: 'bad' }))
      await expect(load()).rejects.toThrow(refused);
    expect((await harness.load(repositories, {})).repositories).toMatchObject([
      { name: 'bad', head: null, error: expect.stringMatching(refused) },
      { name: 'good', branch: 'main' },
    ]);
    await harness.sync();
    expect(harness.events).toMatchObject([{ payload: { subject: 'Good' } }]);
    expect(harness.logs).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'A repository was left out' }),
    );
  });

  it('is read if git never uses the entry', async () => {
    const { folder, bad } = makePair('.git/hooks', link('/nonexistent'));
    symlinkSync(folder, join(bad.path, '.git', 'annex'));
    pipe(join(bad.path, 'pipe'));
    const harness = await setUpModule(git, { repositories: [bad.path] });
    expect((await harness.load(commits, {})).commits).toMatchObject([{ subject: 'Bad' }]);
  });
});

describe('a repository that hides a folder it reads', () => {
  const outside = /keeps its data in a folder that is not listed/;

  function makeBorrower() {
    const folder = temporaryFolder();
    const secret = makeRepository(join(folder, 'secret'));
    secret.commit({ message: 'Secret' });
    const bad = join(folder, 'bad');
    execFileSync('git', ['clone', '--quiet', '--shared', secret.path, bad]);
    return { folder, secret, bad, alternates: join(bad, '.git/objects/info/alternates') };
  }

  it('is rejected if it borrows objects by a quoted path', async () => {
    const { secret, bad, alternates } = makeBorrower();
    writeFileSync(alternates, `"${secret.path}/.git/objects"\n`);
    await expect(
      (await setUpModule(git, { repositories: [bad] })).load(commits, {}),
    ).rejects.toThrow(outside);
  });

  it('is rejected if the list of folders it borrows from is too long to check', async () => {
    const { bad, alternates } = makeBorrower();
    appendFileSync(alternates, '# padding\n'.repeat(20_000));
    await expect(
      (await setUpModule(git, { repositories: [bad] })).load(commits, {}),
    ).rejects.toThrow(refused);
  });

  it.each(['link/../common', 'straight', 'straight\n\r\n'])(
    'is refused when its common folder is reached by a link: %j',
    async (named) => {
      const { folder, secret, bad } = makeBorrower();
      mkdirSync(join(folder, 'elsewhere/deep'), { recursive: true });
      renameSync(join(secret.path, '.git'), join(folder, 'elsewhere/common'));
      symlinkSync(join(folder, 'elsewhere/deep'), join(bad, '.git/link'));
      symlinkSync(join(folder, 'elsewhere/common'), join(bad, '.git/straight'));
      writeFileSync(join(bad, '.git/commondir'), named);
      await expect(
        (await setUpModule(git, { repositories: [bad] })).load(commits, {}),
      ).rejects.toThrow(outside);
    },
  );
});

it('stops reading a repository that blocks git', async () => {
  const { folder, bad } = makePair('.git/hooks', link('/nonexistent'));
  // An included file may be anywhere, so it is not checked.
  pipe(join(folder, 'included'));
  bad.git('config', 'core.bare', 'false');
  appendFileSync(
    join(bad.path, '.git/config'),
    `[include]\n\tpath = ${join(folder, 'included')}\n`,
  );
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const context = {
    config: { repositories: [bad.path] },
    log,
    signal: new AbortController().signal,
  };
  const reading = readRepository({ name: 'bad', path: bad.path }, context, async () => 'read', 200);
  await expect(reading).rejects.toThrow('Repository "bad" was not read within 0.2 s');
});
