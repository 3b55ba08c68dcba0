import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Creates a folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'synap-git-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface CommitOptions {
  author?: string | Buffer;
  /** Seconds since the epoch. */
  at?: number | string;
  /**
   * Commit date, in seconds since the epoch.
   * @default at
   */
  committed?: number | string;
  message?: string | Buffer;
  /** Additional header lines of the commit. */
  headers?: string;
}

export interface TestRepository {
  readonly path: string;
  git(...args: string[]): string;
  /**
   * Adds an empty commit to HEAD from raw bytes, including ones that `git commit` would reject or
   * correct. Returns its hash.
   */
  commit(options?: CommitOptions): string;
}

/** Creates a real repository without a commit. */
export function makeRepository(path: string, ...initArguments: string[]): TestRepository {
  mkdirSync(path, { recursive: true });
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const run = (args: string[], input?: Buffer) =>
    execFileSync('git', ['-C', path, ...args], {
      env,
      input,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  const git = (...args: string[]) => run(args);
  git('init', '--quiet', '--initial-branch=main', ...initArguments);
  const tree = run(['hash-object', '-t', 'tree', '-w', '--stdin'], Buffer.alloc(0));
  let head: string | undefined;
  return {
    path,
    git,
    commit({
      author = 'Ann',
      at = 1_700_000_000,
      committed = at,
      message = 'A commit',
      headers = '',
    } = {}) {
      const parent = head === undefined ? '' : `parent ${head}\n`;
      const name = Buffer.from(author);
      const signature = (role: string, time: number | string) => [
        Buffer.from(`${role} `),
        name,
        Buffer.from(` <a@example.org> ${time} +0000\n`),
      ];
      const body = [
        Buffer.from(`tree ${tree}\n${parent}`),
        ...signature('author', at),
        ...signature('committer', committed),
        Buffer.from(`${headers}\n`),
        Buffer.from(message),
        Buffer.from('\n'),
      ];
      head = run(
        ['hash-object', '-t', 'commit', '-w', '--literally', '--stdin'],
        Buffer.concat(body),
      );
      git('update-ref', 'HEAD', head);
      return head;
    },
  };
}
