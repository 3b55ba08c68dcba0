import { randomUUID } from 'node:crypto';

export interface EnumerationFigures {
  /** Samples of each kind. */
  samples: number;
  /**
   * Medians in milliseconds: for an address with an account, for one without, and their difference.
   */
  known: number;
  unknown: number;
  gap: number;
}

type SendRequest = (email: string) => Promise<unknown>;

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
const rounded = (value: number) => Number(value.toFixed(3));

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * Mixes both kinds in random order, so that after-effects of one sample affect both equally.
 */
async function compareKinds(
  send: SendRequest,
  known: string,
  samples: number,
): Promise<EnumerationFigures> {
  const left = { known: samples, unknown: samples };
  const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
  while (left.known + left.unknown > 0) {
    const kind = Math.random() * (left.known + left.unknown) < left.known ? 'known' : 'unknown';
    left[kind] -= 1;
    const email = kind === 'known' ? known : `${randomUUID()}@example.org`;
    times[kind].push(await timeOf(() => send(email)));
  }
  const [a, b] = [median(times.known), median(times.unknown)];
  return { samples, known: rounded(a), unknown: rounded(b), gap: rounded(Math.abs(a - b)) };
}

/** Measures if response times reveal accounts: equal responses must take equal time. */
export async function measureEnumeration(
  origin: string,
  known: string,
  samples: number,
): Promise<Record<string, EnumerationFigures>> {
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
  const requests = {
    register: post('/auth/register', 202, { password }),
    login: post('/auth/login', 401, { password }),
    forgot: post('/auth/forgot', 202, {}),
    resend: post('/auth/resend', 202, {}),
  };
  const figures: Record<string, EnumerationFigures> = {};
  for (const [name, send] of Object.entries(requests)) {
    for (let i = 0; i < 20; i++) await send(`${randomUUID()}@example.org`);
    figures[name] = await compareKinds(send, known, samples);
  }
  return figures;
}
