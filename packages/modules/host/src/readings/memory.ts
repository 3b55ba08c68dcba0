import { readFile } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { percent } from './percent.js';

/** Bytes, except `usedPercent`. */
export interface Memory {
  readonly total: number;
  readonly used: number;
  /** Memory that programs can still get: free and reclaimable memory. */
  readonly available: number;
  readonly usedPercent: number;
  readonly swapTotal: number;
  readonly swapUsed: number;
}

/** Reads Linux's `/proc/meminfo`. Elsewhere uses Node.js, which does not report swap. */
export async function readMemory(path = '/proc/meminfo'): Promise<Memory> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return (
    parseMeminfo(text) ??
    memoryOf({ total: totalmem(), available: freemem(), swapTotal: 0, swapFree: 0 })
  );
}

/** Undefined if the text lacks the total or the available memory. */
export function parseMeminfo(text: string): Memory | undefined {
  const bytes = new Map(
    [...text.matchAll(/^(\w+):\s+(\d+) kB$/gm)].map(([, name, kilobytes]) => [
      name,
      Number(kilobytes) * 1_024,
    ]),
  );
  const total = bytes.get('MemTotal');
  const available = bytes.get('MemAvailable');
  if (total === undefined || available === undefined) return undefined;
  return memoryOf({
    total,
    available,
    swapTotal: bytes.get('SwapTotal') ?? 0,
    swapFree: bytes.get('SwapFree') ?? 0,
  });
}

function memoryOf({
  total,
  available,
  swapTotal,
  swapFree,
}: {
  total: number;
  available: number;
  swapTotal: number;
  swapFree: number;
}) {
  const used = total - available;
  return {
    total,
    used,
    available,
    usedPercent: percent(used, total),
    swapTotal,
    swapUsed: swapTotal - swapFree,
  };
}
