import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import { cycle, type RawRequest } from '../load/cycle.js';
import { sendEvenly } from '../load/send-evenly.js';
import { quantile, rounded } from '../load/statistics.js';
import { get, requestsFor } from './requests.js';

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
/** Rejections of a wrong password, of too many sign-ins, and of a busy hasher. */
const expected = new Set(['401', '429', '503']);

/** Resolves with the status of the response, or with the message of a network error. */
function statusOf(origin: string, { method, path, headers, body }: RawRequest, agent: Agent) {
  return new Promise<string>((resolve) => {
    const call = request(new URL(path, origin), { method, agent, headers }, (response) => {
      response.resume().once('end', () => resolve(String(response.statusCode)));
    });
    call.once('error', (error) => resolve(error.message)).end(body);
  });
}

/** Signs in with unknown accounts. Throws on an unexpected status. */
async function flood(origin: string, seconds: number, agent: Agent) {
  let person = 0;
  const started = performance.now();
  const responses = await sendEvenly(loginsPerSecond, seconds, () => {
    person += 1;
    const email = `unknown${person}@example.org`;
    const body = JSON.stringify({ email, password: 'not a valid password' });
    const headers = {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
    };
    return statusOf(origin, { method: 'POST', path: '/api/v1/auth/login', headers, body }, agent);
  });
  const elapsed = (performance.now() - started) / 1000;
  const statuses: Record<string, number> = {};
  for (const status of responses) statuses[status] = (statuses[status] ?? 0) + 1;
  if (Object.keys(statuses).some((status) => !expected.has(status)))
    throw new Error(`Sign-ins returned ${JSON.stringify(statuses)}`);
  return { loginsPerSecond: Math.round(responses.length / elapsed), statuses };
}

/** Returns the 99th percentile of the response times in milliseconds. */
async function canaryP99(
  origin: string,
  next: () => RawRequest,
  seconds: number,
  agent: Agent,
): Promise<number> {
  const times = await sendEvenly(canaryRate, seconds, async () => {
    const start = performance.now();
    const status = await statusOf(origin, next(), agent);
    if (status !== '200') throw new Error(`dashboards.get returned ${status}`);
    return performance.now() - start;
  });
  return rounded(quantile(times, 0.99));
}

/** Measures how much a flood of sign-ins slows the calls of another client. */
export async function measureFlood({ synap, data }: Bench, seconds: number): Promise<FloodFigures> {
  const { origin } = synap;
  const sample = await data.sample('reader');
  const next = cycle(requestsFor(data, sample, ({ id }) => get(`/api/v1/dashboards/${id}`))());
  const agents = [new Agent({ keepAlive: true }), new Agent({ keepAlive: true })] as const;
  const [own, others] = agents;
  await canaryP99(origin, next, Math.min(2, seconds), own);
  const quietP99 = await canaryP99(origin, next, seconds, own);
  const flooding = flood(origin, seconds + 2, others);
  flooding.catch(() => undefined);
  await delay(1000);
  const floodedP99 = await canaryP99(origin, next, seconds, own);
  const { statuses, loginsPerSecond: completed } = await flooding;
  for (const agent of agents) agent.destroy();
  const ratio = rounded(floodedP99 / Math.max(1, quietP99));
  return { quietP99, floodedP99, ratio, loginsPerSecond: completed, statuses };
}
