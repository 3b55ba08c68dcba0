import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';

export interface FloodFigures {
  /** Milliseconds within which 99 of 100 answers of another client came. */
  quietP99: number;
  floodedP99: number;
  ratio: number;
  /** Sign-ins answered per second, and how. */
  loginsPerSecond: number;
  statuses: Record<string, number>;
}

const loginsPerSecond = 200;
/** Calls a second of the client that must not notice. */
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
    throw new Error(`${url}: ${result.non2xx} answers without success, ${result.errors} errors`);
  return result.latency.p99;
}

/**
 * Signs in once, as somebody who does not exist; resolves with the status, or with what went wrong.
 */
function signIn(url: URL, agent: Agent, person: number): Promise<string> {
  const body = JSON.stringify({
    email: `nobody${person}@example.org`,
    password: 'not the password of anybody',
  });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve) => {
    const call = request(url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume().once('end', () => resolve(String(answer.statusCode)));
    });
    call.once('error', (error) => resolve(error.message)).end(body);
  });
}

/**
 * Sign-ins spread evenly over each second, each when its time has come, answered or not the ones
 * before: many strangers do not wait for each other. (autocannon's rates come in one burst a
 * second.)
 */
async function flood(origin: string, seconds: number) {
  const url = new URL('/api/v1/auth/login', origin);
  const agent = new Agent({ keepAlive: true });
  const started = performance.now();
  const answers: Promise<string>[] = [];
  while (answers.length < seconds * loginsPerSecond) {
    answers.push(signIn(url, agent, answers.length));
    await delay(started + (answers.length * 1000) / loginsPerSecond - performance.now());
  }
  const statuses: Record<string, number> = {};
  for (const status of await Promise.all(answers)) statuses[status] = (statuses[status] ?? 0) + 1;
  const elapsed = (performance.now() - started) / 1000;
  agent.destroy();
  const others = Object.keys(statuses).filter((status) => !['401', '429', '503'].includes(status));
  if (others.length > 0) throw new Error(`Sign-ins were answered ${JSON.stringify(statuses)}`);
  return { loginsPerSecond: Math.round(answers.length / elapsed), statuses };
}

/** How much a flood of sign-ins slows what somebody else calls meanwhile. */
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
  const { statuses, loginsPerSecond: answered } = await flooding;
  return {
    quietP99,
    floodedP99,
    ratio: Number((floodedP99 / Math.max(1, quietP99)).toFixed(2)),
    loginsPerSecond: answered,
    statuses,
  };
}
