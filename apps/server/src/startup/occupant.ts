import { isIP } from 'node:net';
import { z } from 'zod';

/** Longest wait for a response; a program with another protocol may stay silent. */
const responseTimeoutMs = 2000;
const metaSchema = z.object({ name: z.literal('Synap') });

/** True if a Synap responds at the address, also at its metrics port. */
export async function isSynap(host: string, port: number): Promise<boolean> {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const origin = `http://${isIP(reachable) === 6 ? `[${reachable}]` : reachable}:${port}`;
  const [meta, metrics] = await Promise.all([
    read(`${origin}/api/v1/meta`),
    read(`${origin}/metrics`),
  ]);
  return isMeta(meta) || metrics.includes('# HELP http_held_bytes ');
}

async function read(url: string): Promise<string> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(responseTimeoutMs),
      redirect: 'error',
    });
    return await response.text();
  } catch {
    return '';
  }
}

function isMeta(text: string): boolean {
  try {
    return metaSchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
