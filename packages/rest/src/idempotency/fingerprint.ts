import { createHash } from 'node:crypto';
import { isRecord } from '@synap/http';

/**
 * Hashes an input with SHA-256 as base64url. The order of keys does not matter. Iterative, because
 * a body may nest deeper than the call stack allows.
 */
export function fingerprintOf(input: unknown): string {
  const hash = createHash('sha256');
  const rest: unknown[] = [input];
  while (rest.length > 0) {
    const value = rest.pop();
    const parts = partsOf(value);
    hash.update(parts ? `${parts.kind}${parts.items.length};` : `${textOf(value)};`);
    for (const item of parts?.items.reverse() ?? []) rest.push(item);
  }
  return hash.digest('base64url');
}

/** Items of a list, or alternating names and values of an object; undefined for scalars. */
function partsOf(value: unknown): { kind: '[' | '{'; items: unknown[] } | undefined {
  if (Array.isArray(value) || value instanceof Map || value instanceof Set)
    return { kind: '[', items: [...value] };
  if (!isRecord(value) || value instanceof Date) return undefined;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return { kind: '{', items: entries.sort(([a], [b]) => (a < b ? -1 : 1)).flat() };
}

const textOf = (value: unknown): string =>
  typeof value === 'bigint'
    ? `${value}n`
    : value instanceof Date
      ? `@${value.getTime()}`
      : (JSON.stringify(value) ?? 'undefined');
