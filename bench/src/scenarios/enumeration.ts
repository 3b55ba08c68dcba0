import { randomUUID } from 'node:crypto';
import type { Bench } from '../bench.js';
import { median, rounded } from '../load/statistics.js';

/** Medians in milliseconds. */
export interface EnumerationFigures {
  /** Samples of each kind. */
  samples: number;
  /** Addresses with an account, and without one. */
  known: number;
  unknown: number;
  gap: number;
  /** Gap between two halves of the unknown addresses; a smaller `gap` shows nothing. */
  noise: number;
}

type SendRequest = (email: string) => Promise<unknown>;
type Kind = 'known' | 'unknown';
/** Returns the next address of a kind, one that was not used before. */
type NextEmail = (kind: Kind) => string;

const warmUpSamples = 10;

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Returns both kinds in random order, so that after-effects of a sample affect both equally. */
function mixedKinds(samples: number): Kind[] {
  const left = { known: samples, unknown: samples };
  return Array.from({ length: 2 * samples }, () => {
    const kind = Math.random() * (left.known + left.unknown) < left.known ? 'known' : 'unknown';
    left[kind] -= 1;
    return kind;
  });
}

async function compareKinds(
  send: SendRequest,
  nextEmail: NextEmail,
  samples: number,
): Promise<EnumerationFigures> {
  for (const kind of mixedKinds(Math.min(warmUpSamples, samples))) await send(nextEmail(kind));
  const times: Record<Kind, number[]> = { known: [], unknown: [] };
  for (const kind of mixedKinds(samples)) {
    const email = nextEmail(kind);
    times[kind].push(await timeOf(() => send(email)));
  }
  const [known, unknown] = [median(times.known), median(times.unknown)];
  const half = (rest: number) => median(times.unknown.filter((_, at) => at % 2 === rest));
  return {
    samples,
    known: rounded(known),
    unknown: rounded(unknown),
    gap: rounded(Math.abs(known - unknown)),
    noise: rounded(Math.abs(half(0) - half(1))),
  };
}

/** Returns addresses of the same shape: only the account must make a difference. */
function createNextEmail(known: readonly string[]): NextEmail {
  let used = 0;
  return (kind) => {
    if (kind === 'unknown') return `${randomUUID()}@example.org`;
    const email = known[used % known.length] ?? '';
    used += 1;
    return email;
  };
}

function requestsTo(origin: string): Record<string, SendRequest> {
  const post = (target: string, status: number, rest: object): SendRequest => {
    return async (email) => {
      const response = await fetch(`${origin}/api/v1${target}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, ...rest }),
      });
      await response.arrayBuffer();
      if (response.status !== status) throw new Error(`${target} returned ${response.status}`);
    };
  };
  const password = 'a passphrase without an account';
  return {
    register: post('/auth/register', 202, { password }),
    login: post('/auth/login', 401, { password }),
    forgot: post('/auth/forgot', 202, {}),
    resend: post('/auth/resend', 202, {}),
  };
}

/** Measures if response times reveal accounts: equal responses must take equal time. */
export async function measureEnumeration(
  { synap, data }: Bench,
  samples: number,
): Promise<Record<string, EnumerationFigures>> {
  const nextEmail = createNextEmail(await data.emails());
  const figures: Record<string, EnumerationFigures> = {};
  for (const [name, send] of Object.entries(requestsTo(synap.origin)))
    figures[name] = await compareKinds(send, nextEmail, samples);
  return figures;
}
