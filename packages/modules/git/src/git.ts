import { spawn } from 'node:child_process';
import { delimiter, isAbsolute } from 'node:path';
import { ModuleError } from '@synap/module-sdk';
import { decodeText } from './text.js';

export interface GitCall {
  /** The repository's own folder (`.git`), a real path. */
  readonly gitDirectory: string;
  readonly signal: AbortSignal;
}

/**
 * Overrides settings of a repository that name programs to run or change the form of the output.
 */
const overrides = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.attributesFile=/dev/null',
  'core.pager=cat',
  'protocol.allow=never',
  'diff.external=',
  'i18n.commitEncoding=UTF-8',
  'i18n.logOutputEncoding=UTF-8',
  'log.follow=false',
  'log.mailmap=false',
  'log.showSignature=false',
  'mailmap.blob=',
  'mailmap.file=',
];

/** Ignores user, system and server settings. Forbids prompts, locks and fetches. */
const environment = {
  GIT_ALLOC_LIMIT: '512m',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_ASKPASS: '',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_NO_LAZY_FETCH: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_PAGER: 'cat',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
};

/** Drops relative entries, so that a `git` in the current folder is never run. */
const searchPath = (): string =>
  (process.env.PATH ?? '').split(delimiter).filter(isAbsolute).join(delimiter);

/**
 * Options that stop `log` from running programs, decorating or mapping, against any setting of the
 * repository.
 */
export const plainLog = [
  '--no-ext-diff',
  '--no-textconv',
  '--no-patch',
  '--no-mailmap',
  '--no-notes',
  '--no-decorate',
  '--no-color',
];

export class GitFailure extends ModuleError {
  override readonly name = 'GitFailure';
  constructor(
    readonly exitCode: number | null,
    /** Git's error output. For the log only: it may contain paths. */
    readonly stderr: string,
  ) {
    super("git could not read the repository; the server's log says why");
  }
}

const maxStderr = 2_000;

/**
 * Runs git on one repository and yields its output. Leaving the loop early, or aborting the signal,
 * ends git.
 * @throws GitFailure if it exits with a code other than 0
 * @throws ModuleError if git is not installed
 */
async function* runGit(
  { gitDirectory, signal }: GitCall,
  args: readonly string[],
): AsyncGenerator<Buffer, void> {
  const guards = [...overrides, `safe.directory=${gitDirectory}`].flatMap((setting) => [
    '-c',
    setting,
  ]);
  const child = spawn(
    'git',
    [...guards, '--no-pager', '--literal-pathspecs', `--git-dir=${gitDirectory}`, ...args],
    {
      cwd: '/',
      env: { ...environment, PATH: searchPath() },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    },
  );
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) =>
      reject(
        isMissing(error)
          ? new ModuleError('git is not installed on the server: install it')
          : error,
      ),
    );
    child.once('close', resolve);
  });
  ended.catch(() => undefined);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (stderr.length < maxStderr) stderr += chunk.toString();
  });
  const kill = () => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  try {
    signal.throwIfAborted();
    for await (const chunk of child.stdout) yield chunk;
    const code = await ended;
    signal.throwIfAborted();
    if (code !== 0) throw new GitFailure(code, stderr.slice(0, maxStderr));
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
  }
}

const isMissing = (error: Error): boolean => 'code' in error && error.code === 'ENOENT';

const maxLineBytes = 10_000;

/** Runs git and returns its output, which must be one line. */
export async function gitLine(call: GitCall, args: readonly string[]): Promise<string> {
  let line: Buffer = Buffer.alloc(0);
  for await (const chunk of runGit(call, args)) {
    line = Buffer.concat([line, chunk]);
    if (line.length > maxLineBytes)
      throw new GitFailure(null, `${args[0]} returned more than ${maxLineBytes} bytes`);
  }
  return line.toString().trimEnd();
}

const maxFieldBytes = 10_000;

/** Runs git and yields records of NUL-terminated fields. A field is cut at 10 kB. */
export async function* gitRecords(
  call: GitCall,
  args: readonly string[],
  fields: number,
): AsyncGenerator<string[], void> {
  let record: string[] = [];
  let parts: Buffer[] = [];
  let room = maxFieldBytes;
  const take = (part: Buffer) => {
    parts.push(part.subarray(0, room));
    room -= Math.min(room, part.length);
  };
  for await (const chunk of runGit(call, args)) {
    let from = 0;
    for (let to = chunk.indexOf(0); to !== -1; to = chunk.indexOf(0, from)) {
      take(chunk.subarray(from, to));
      record.push(decodeText(Buffer.concat(parts)));
      [parts, room, from] = [[], maxFieldBytes, to + 1];
      if (record.length < fields) continue;
      yield record;
      record = [];
    }
    if (from < chunk.length) take(chunk.subarray(from));
  }
}
