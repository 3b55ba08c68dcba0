import { type ChildProcess, spawn } from 'node:child_process';
import { freePort, until } from '@synap/testing';
import { connectRedis } from '../src/http/limits/redis.js';
import { onPath } from './on-path.js';

const found = onPath('redis-server') !== undefined;

/**
 * True if tests with Redis run: redis-server is installed, or its absence is a failure
 * (`REDIS_TEST=required`).
 */
export const testsRedis = found || process.env.REDIS_TEST === 'required';

export interface RedisUnderTest {
  url: string;
  /** Suspends the server with open connections, and resumes it. */
  freeze(): void;
  thaw(): void;
  /** Kills the server. */
  kill(): Promise<void>;
  /** Starts it again on the same port, without data. */
  restart(): Promise<void>;
}

/** Starts a Redis server without persistence. */
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
    await until(() => client.ping(), { timeout: 30_000 });
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
