import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { freePort, until } from '@synap/testing';
import { accepts } from './accepts.js';
import { onPath } from './on-path.js';

/** Debian keeps it outside of an ordinary user's PATH. */
const program = onPath('nginx') ?? onPath('nginx', '/usr/sbin:/usr/local/sbin');

/** Tests with nginx run if there is one, or if its absence is a failure (`NGINX_TEST=required`). */
export const testsNginx = program !== undefined || process.env.NGINX_TEST === 'required';

export interface Nginx {
  origin: string;
  stop(): Promise<void>;
}

/**
 * nginx with the given `location` blocks, on a port and with files of its own, as the user who runs
 * the tests.
 */
export async function startNginx(locations: string): Promise<Nginx> {
  if (program === undefined)
    throw new Error('nginx is not installed: install the package nginx-light');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'synap-nginx-'));
  const port = await freePort();
  const settings = path.join(folder, 'nginx.conf');
  const log = path.join(folder, 'error.log');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  await writeFile(
    settings,
    `daemon off;
master_process off;
pid ${folder}/pid;
events {}
http {
  access_log off;
  ${temporary.join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    ${locations}
  }
}
`,
  );
  const child = spawn(program, ['-p', folder, '-c', settings, '-e', log], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const failed = ended.then(async () => {
    throw new Error(`nginx has ended: ${await readFile(log, 'utf8')}`);
  });
  failed.catch(() => undefined);
  await Promise.race([until(() => accepts(port), { timeout: 30_000 }), failed]).catch(
    async (error: unknown) => {
      await stop();
      throw error;
    },
  );
  return { origin: `http://127.0.0.1:${port}`, stop };
}
