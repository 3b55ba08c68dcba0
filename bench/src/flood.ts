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
  const result = await autocannon({ url, headers, connections: 2, overallRate: canaryRate, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} answers without success, ${result.errors} errors`);
  return result.latency.p99;
}

/** Signs in with wrong passwords as people who do not exist, each time another one. */
async function flood(origin: string, seconds: number) {
  let people = 0;
  const result = await autocannon({
    ...{ url: `${origin}/api/v1/auth/login`, method: 'POST', connections: 100, overallRate: loginsPerSecond, duration: seconds },
    ...{ headers: { 'content-type': 'application/json' }, timeout: 30 },
    requests: [
      {
        setupRequest(request) {
          people += 1;
          const email = `nobody${people}@example.org`;
          return { ...request, body: JSON.stringify({ email, password: 'not the password of anybody' }) };
        },
      },
    ],
  });
  const statuses = Object.fromEntries(
    Object.entries(result.statusCodeStats ?? {}).map(([status, { count = 0 }]) => [status, count]),
  );
  const others = Object.keys(statuses).filter((status) => !['401', '429', '503'].includes(status));
  if (others.length > 0 || result.errors > 0) throw new Error(`Sign-ins: ${JSON.stringify(statuses)}, ${result.errors} errors`);
  return { loginsPerSecond: Math.round(result.requests.average), statuses };
}

/** How much a flood of sign-ins slows what somebody else calls meanwhile. */
export async function measureFlood(origin: string, target: Canary, seconds: number): Promise<FloodFigures> {
  await canary(target, 2);
  const quietP99 = await canary(target, seconds);
  const flooding = flood(origin, seconds + 2);
  flooding.catch(() => undefined);
  await delay(1000);
  const floodedP99 = await canary(target, seconds);
  const { statuses, loginsPerSecond: answered } = await flooding;
  return {
    ...{ quietP99, floodedP99, ratio: Number((floodedP99 / Math.max(1, quietP99)).toFixed(2)) },
    ...{ loginsPerSecond: answered, statuses },
  };
}
