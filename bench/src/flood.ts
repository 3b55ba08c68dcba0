import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';

export interface FloodFigures {
  /** 99th percentile of the response times of another client, in milliseconds. */
  quietP99: number;
  floodedP99: number;
  ratio: number;
  /** Completed sign-ins per second, and their statuses. */
  loginsPerSecond: number;
  statuses: Record<string, number>;
}

const loginsPerSecond = 200;
/** Calls per second of the other client. */
const canaryRate = 50;

interface Canary {
  url: string;
  headers: Record<string, string>;
}

async function canary({ url, headers }: Canary, seconds: number): Promise<number> {
  const result = await autocannon({
    url,
    headers,
    connections: 2,
    overallRate: canaryRate,
    duration: seconds,
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} unsuccessful responses, ${result.errors} errors`);
  return result.latency.p99;
}

/** Signs in once with an unknown account; resolves with the status or the error message. */
function signIn(url: URL, agent: Agent, person: number): Promise<string> {
  const body = JSON.stringify({
    email: `unknown${person}@example.org`,
    password: 'not a valid password',
  });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve) => {
    const call = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => resolve(String(response.statusCode)));
    });
    call.once('error', (error) => resolve(error.message)).end(body);
  });
}

/**
 * Sends sign-ins evenly over each second without waiting for earlier responses, like many separate
 * clients. autocannon would send one burst a second.
 */
async function flood(origin: string, seconds: number) {
  const url = new URL('/api/v1/auth/login', origin);
  const agent = new Agent({ keepAlive: true });
  const started = performance.now();
  const responses: Promise<string>[] = [];
  while (responses.length < seconds * loginsPerSecond) {
    responses.push(signIn(url, agent, responses.length));
    await delay(started + (responses.length * 1000) / loginsPerSecond - performance.now());
  }
  const statuses: Record<string, number> = {};
  for (const status of await Promise.all(responses)) statuses[status] = (statuses[status] ?? 0) + 1;
  const elapsed = (performance.now() - started) / 1000;
  agent.destroy();
  const others = Object.keys(statuses).filter((status) => !['401', '429', '503'].includes(status));
  if (others.length > 0) throw new Error(`Sign-ins returned ${JSON.stringify(statuses)}`);
  return { loginsPerSecond: Math.round(responses.length / elapsed), statuses };
}

/** Measures how much a flood of sign-ins slows the calls of another client. */
export async function measureFlood(
  origin: string,
  target: Canary,
  seconds: number,
): Promise<FloodFigures> {
  await canary(target, 2);
  const quietP99 = await canary(target, seconds);
  const flooding = flood(origin, seconds + 2);
  flooding.catch(() => undefined);
  await delay(1000);
  const floodedP99 = await canary(target, seconds);
  const { statuses, loginsPerSecond: completed } = await flooding;
  return {
    quietP99,
    floodedP99,
    ratio: Number((floodedP99 / Math.max(1, quietP99)).toFixed(2)),
    loginsPerSecond: completed,
    statuses,
  };
}
