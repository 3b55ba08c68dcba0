// Generates, compiles and runs clients of common generators against a server. Run `pnpm build`
// first.
//   node scripts/check-foreign.mjs [--all] [part of a generator's name …]
// `--all` uses every document that a generator supports. A missing toolchain is reported, and is a
// failure only with FOREIGN_CLIENTS=required.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  checkForeignClients,
  describeOutcome,
  generators,
  tableOf,
} from '../packages/foreign-clients/dist/index.js';
import { account, requireBuild, startServer } from './start-server.mjs';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean' } },
});
const chosen = generators.filter(
  ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
);

/** Creates a repository with five commits for the module `git`. */
function makeRepository(folder) {
  mkdirSync(folder);
  const git = (...args) => {
    const author = [
      '-c',
      'user.name=Ann Berg',
      '-c',
      'user.email=ann@example.org',
      '-c',
      'commit.gpgsign=false',
    ];
    const { status, error } = spawnSync('git', [...author, ...args], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) throw error ?? new Error(`git ${args.join(' ')} ended with ${status}.`);
  };
  git('init', '--quiet');
  for (const number of [1, 2, 3, 4, 5]) {
    writeFileSync(path.join(folder, 'text'), String(number));
    git('add', 'text');
    git('commit', '--quiet', '--message', `Change ${number}`);
  }
}

requireBuild();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const startedAt = performance.now();
const room = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'synap-foreign-server-')));
try {
  const repository = path.join(room, 'repository');
  makeRepository(repository);
  const server = await startServer(room, {
    SYNAP_GIT_REPOSITORIES: repository,
    RATE_LIMIT_FACTOR: '1000',
  });
  try {
    const checked = { baseUrl: `${server.url}/api/v1`, account };
    const onOutcome = (outcome) => console.log(describeOutcome(outcome));
    const outcomes = await checkForeignClients(checked, {
      generators: chosen,
      allDocuments: values.all ?? false,
      onOutcome,
    });
    const count = (result) => outcomes.filter((outcome) => outcome.result === result).length;
    console.log(`\n${tableOf(outcomes)}\n`);
    for (const { generator, result, reason } of outcomes)
      if (result === 'skipped') console.log(`skipped: ${generator} – ${reason}`);
    console.log(`${((performance.now() - startedAt) / 1000).toFixed(0)} s in all`);
    console.log(
      `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`,
    );
    const mayLack = process.env.FOREIGN_CLIENTS !== 'required';
    if (outcomes.length === 0) throw new Error(`No generator matches ${positionals.join(' or ')}.`);
    if (count('failed') > 0 || (count('skipped') > 0 && !mayLack)) process.exitCode = 1;
  } finally {
    await server.stop();
  }
} finally {
  rmSync(room, { recursive: true, force: true });
}
