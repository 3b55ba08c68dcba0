import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/** A running example. */
export interface RunningExample {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Runs the first example in the README of a package as a program. The example listens on port 3000,
 * which is replaced by a free one, and then prints a line.
 * @param packageRoot URL of the package's folder, with a trailing slash.
 */
export async function runExample(packageRoot: URL): Promise<RunningExample> {
  const readme = readFileSync(new URL('README.md', packageRoot), 'utf8');
  const [, code] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  if (code === undefined) throw new Error('The README has no example.');
  const port = await freePort();
  // Inside the package, so that the example can import it by its name.
  const file = new URL(`dist/readme-${port}.ts`, packageRoot);
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, code.replaceAll('3000', String(port)));
  const program = spawn(
    process.execPath,
    ['--import', 'tsx', '--conditions=@synap/source', fileURLToPath(file)],
    { cwd: packageRoot, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(program, 'exit');
  await Promise.race([once(program.stdout, 'data'), ended]);
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      rmSync(file);
      program.kill();
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
