import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cleanup } from '../process/cleanup.js';
import type { Load } from './load.js';
import { parseWrk } from './parse-wrk.js';
import { toRequestFile } from './request-file.js';

const script = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../wrk/requests.lua');

/** Runs wrk and resolves with its output. A process group of its own keeps Ctrl-C away from it. */
async function runWrk(args: string[], cleanup: Cleanup): Promise<string> {
  const wrk = spawn('wrk', args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const closed = new Promise<void>((resolve, reject) => {
    wrk.once('error', reject);
    wrk.once('close', () => resolve());
  });
  const forget = cleanup.add(() => wrk.kill('SIGKILL'));
  const output: string[] = [];
  wrk.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
  await closed;
  forget();
  return output.join('');
}

/** Loads targets with wrk. Its one thread sends more requests than any server here can handle. */
export function createWrk(folder: string, cleanup: Cleanup): Load {
  const file = path.join(folder, 'requests.txt');
  return async ({ name, server, requests }, { connections, seconds }) => {
    await writeFile(file, toRequestFile(requests()), { mode: 0o600 });
    const limits = ['-t1', `-c${connections}`, `-d${Math.ceil(seconds)}s`, '--timeout', '10s'];
    const output = await runWrk([...limits, '-s', script, server.origin, '--', file], cleanup);
    await rm(file, { force: true });
    return parseWrk(name, output);
  };
}
