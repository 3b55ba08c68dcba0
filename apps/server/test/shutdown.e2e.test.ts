import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ended, endProcesses, launch, newInstallation, startServer } from './synap-process.js';

afterEach(endProcesses);

const codeOf = (error: unknown): string =>
  error instanceof Error ? ('code' in error ? String(error.code) : error.message) : String(error);

/**
 * Sends one request over a new connection. Resolves with a status, an error code, or "no response".
 */
function requestOnce(port: number): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () =>
      socket.write('GET /api/v1/meta HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    );
    socket.on('error', (error) => resolve(codeOf(error)));
    socket.on('data', (chunk) => {
      text += String(chunk);
      if (!text.includes('\r\n\r\n{')) return;
      resolve(text.slice(9, 12));
      socket.destroy();
    });
    socket.on('close', () => resolve('no response'));
  });
}

/** Sends one request over keep-alive connections. */
function requestKeepAlive(port: number, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/api/v1/meta', agent }, (response) => {
      response.resume().on('end', () => resolve(String(response.statusCode)));
      response.on('error', (error) => resolve(codeOf(error)));
    }).on('error', (error) => resolve(codeOf(error)));
  });
}

/** Repeats requests until the port is closed, and counts the results. */
async function load(
  lanes: number,
  request: () => Promise<string>,
  outcomes: Map<string, number>,
): Promise<void> {
  const lane = async () => {
    for (;;) {
      const outcome = await request();
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (outcome === 'ECONNREFUSED') return;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

const answered = (outcomes: ReadonlyMap<string, number>) => outcomes.get('200') ?? 0;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('SIGTERM', { timeout: 90_000 }, () => {
  it.each(['0', '1'])(
    'under load resets no request, with SHUTDOWN_DELAY=%s',
    async (SHUTDOWN_DELAY) => {
      const variables = {
        ...(await newInstallation()),
        RATE_LIMIT_FACTOR: '1000',
        LOG_LEVEL: 'warn',
        SHUTDOWN_DELAY,
      };
      const { child, origin } = await startServer(variables);
      const port = Number(new URL(origin).port);
      const agent = new Agent({ keepAlive: true, maxSockets: 50 });
      const [ofFresh, ofKept] = [new Map<string, number>(), new Map<string, number>()];
      const loads = [
        load(50, () => requestKeepAlive(port, agent), ofKept),
        load(30, () => requestOnce(port), ofFresh),
      ];
      await until(() => answered(ofFresh) > 200 && answered(ofKept) > 200);
      const end = ended(child, 'SIGTERM');
      await Promise.all(loads);
      agent.destroy();
      expect([...ofFresh.keys()].sort()).toEqual(['200', 'ECONNREFUSED']);
      expect([...ofKept.keys()].sort()).toEqual(['200', 'ECONNREFUSED']);
      expect(await end).toBe(0);
    },
  );

  it('fails readiness at once, and serves other requests until SHUTDOWN_DELAY is over', async () => {
    const installation = await newInstallation();
    const variables = { ...installation, SHUTDOWN_DELAY: '3' };
    const { child, origin, output } = await startServer(variables);
    const end = ended(child, 'SIGTERM');
    await until(() => output.text.includes('Shutting down (SIGTERM)'));
    const readiness = await fetch(`${origin}/readyz`);
    expect([readiness.status, await readiness.text()]).toEqual([503, 'shutting down\n']);
    expect((await fetch(`${origin}/api/v1/meta`)).status).toBe(200);
    expect(await end).toBe(0);
  });

  it('ends a worker without HTTP without SHUTDOWN_DELAY', async () => {
    const variables = { ...(await newInstallation()), SYNAP_ROLE: 'worker', SHUTDOWN_DELAY: '300' };
    const { child, output } = launch(['start'], variables);
    await expect
      .poll(() => output.text, { timeout: 30_000 })
      .toContain('Synap is ready: worker without HTTP');
    expect(await ended(child, 'SIGTERM')).toBe(0);
  });

  it('accepts one more request on open connections, and closes them after the response', async () => {
    const { child, origin, output } = await startServer(await newInstallation());
    const port = Number(new URL(origin).port);
    const unused = connect(port, '127.0.0.1');
    const used = connect(port, '127.0.0.1');
    const request = 'GET /api/v1/meta HTTP/1.1\r\nHost: localhost\r\n\r\n';
    used.write(request);
    await once(used, 'data');
    const received = [unused, used].map((socket) => {
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      return once(socket, 'close').then(() => Buffer.concat(chunks).toString());
    });
    const end = ended(child, 'SIGTERM');
    await until(() => output.text.includes('Shutting down (SIGTERM)'));
    for (const socket of [unused, used]) socket.write(request);
    for (const text of await Promise.all(received)) {
      expect(text).toMatch(/^HTTP\/1\.1 200 /);
      expect(text).toMatch(/\r\nconnection: close\r\n/i);
    }
    expect(await end).toBe(0);
  });
});
