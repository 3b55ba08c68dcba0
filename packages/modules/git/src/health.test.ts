import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import git from './index.js';
import { makeRepository, temporaryFolder } from './testing/repositories.js';

const signal = new AbortController().signal;

it('names each listed path that is not a readable repository, and no others', async () => {
  const folder = temporaryFolder();
  const good = makeRepository(join(folder, 'good'));
  mkdirSync(join(folder, 'plain'));
  const repositories = [good.path, join(folder, 'plain'), join(folder, 'missing'), 'relative'];
  expect(await git.healthCheck?.({ signal, config: { repositories } })).toEqual([
    'Repository "plain" is not a git repository, or the server cannot read it: correct SYNAP_GIT_REPOSITORIES',
    'Repository "missing" is not a git repository, or the server cannot read it: correct SYNAP_GIT_REPOSITORIES',
    'Repository "relative" is not listed by an absolute path: correct SYNAP_GIT_REPOSITORIES',
  ]);
  expect(await git.healthCheck?.({ signal, config: { repositories: [good.path] } })).toEqual([]);
});
