import { randomUUID } from 'node:crypto';

export interface EnumerationFigures {
  /** Samples of each kind. */
  samples: number;
  /**
   * Milliseconds, medians: of an address that has an account, of one that has none, and between
   * them.
   */
  known: number;
  unknown: number;
  gap: number;
}

type Ask = (email: string) => Promise<unknown>;

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
const rounded = (value: number) => Number(value.toFixed(3));

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * Each kind in random order, so that what one sample leaves behind does not always meet the other
 * kind.
 */
async function compareKinds(ask: Ask, known: string, samples: number): Promise<EnumerationFigures> {
  const left = { known: samples, unknown: samples };
  const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
  while (left.known + left.unknown > 0) {
    const kind = Math.random() * (left.known + left.unknown) < left.known ? 'known' : 'unknown';
    left[kind] -= 1;
    const email = kind === 'known' ? known : `${randomUUID()}@example.org`;
    times[kind].push(await timeOf(() => ask(email)));
  }
  const [a, b] = [median(times.known), median(times.unknown)];
  return { samples, known: rounded(a), unknown: rounded(b), gap: rounded(Math.abs(a - b)) };
}

/** Whether time tells who has an account: what answers alike must take alike. */
export async function measureEnumeration(
  origin: string,
  known: string,
  samples: number,
): Promise<Record<string, EnumerationFigures>> {
  const post = (target: string, status: number, rest: object): Ask => {
    return async (email) => {
      const answer = await fetch(`${origin}/api/v1${target}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, ...rest }),
      });
      await answer.arrayBuffer();
      if (answer.status !== status) throw new Error(`${target} answered ${answer.status}`);
    };
  };
  const password = 'a passphrase of nobody here';
  const asks = {
    register: post('/auth/register', 202, { password }),
    login: post('/auth/login', 401, { password }),
    forgot: post('/auth/forgot', 202, {}),
    resend: post('/auth/resend', 202, {}),
  };
  const figures: Record<string, EnumerationFigures> = {};
  for (const [name, ask] of Object.entries(asks)) {
    for (let i = 0; i < 20; i++) await ask(`${randomUUID()}@example.org`);
    figures[name] = await compareKinds(ask, known, samples);
  }
  return figures;
}
