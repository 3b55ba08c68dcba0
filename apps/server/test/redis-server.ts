import { type ChildProcess, spawn } from 'node:child_process';
import { freePort, until } from '@synap/testing';
import { connectRedis } from '../src/http/limits/redis.js';
import { onPath } from './on-path.js';

const found = onPath('redis-server') !== undefined;

/**
 * Whether tests with Redis run: where there is one, or where its absence is a failure
 * (`REDIS_TEST=required`).
 */
export const testsRedis = found || process.env.REDIS_TEST === 'required';

export interface RedisUnderTest {
  url: string;
  /** Lets it fall silent while its connections stay open, and speak again. */
  freeze(): void;
  thaw(): void;
  /** Ends it the hard way. */
  kill(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  restart(): Promise<void>;
}

/** A Redis of the test's own that keeps nothing on the disk. */
export async function startRedis(): Promise<RedisUnderTest> {
  if (!found) throw new Error('redis-server is not on the PATH: install the package redis-server');
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const settings = { port, bind: '127.0.0.1', save: '', appendonly: 'no', dir: '/tmp' };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    child = spawn('redis-server', args, { stdio: 'ignore' });
    const { client, close } = connectRedis(url);
    await until(() => client.ping(), { timeout: 10_000 });
    await close();
  }
  await start();
  return {
    url,
    restart: start,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    kill: () =>
      new Promise((resolve) => {
        if (!child || child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}
