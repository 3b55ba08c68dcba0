import { createHash, type Hash } from 'node:crypto';
import { type Sum, tablesFolder } from './manifest.js';

const newline = 0x0a;

/**
 * Counts the lines of COPY's text format. Each row is one line, because a newline inside a value is
 * written as `
 * `.
 */
function linesIn(content: Buffer): number {
  let lines = 0;
  for (let at = content.indexOf(newline); at >= 0; at = content.indexOf(newline, at + 1))
    lines += 1;
  return lines;
}

/**
 * Returns the name under which an entry is summed. All parts in a folder below a kind count as one
 * content.
 */
export function contentOf(entry: string): string {
  const slash = entry.lastIndexOf('/');
  return slash < 0 ? entry : entry.slice(0, slash);
}

/** Accumulates bytes, digest and, for tables, rows. */
export function createSums() {
  const running = new Map<string, { hash: Hash; bytes: number; rows: number }>();
  return {
    add(name: string, content: Buffer) {
      const sum = running.get(name) ?? { hash: createHash('sha256'), bytes: 0, rows: 0 };
      sum.hash.update(content);
      sum.bytes += content.length;
      if (name.startsWith(`${tablesFolder}/`)) sum.rows += linesIn(content);
      running.set(name, sum);
    },
    /** Returns the sums. Nothing can be added afterwards. */
    finish(): Record<string, Sum> {
      return Object.fromEntries(
        [...running].map(([name, { hash, bytes, rows }]): [string, Sum] => {
          const sha256 = hash.digest('hex');
          return [
            name,
            name.startsWith(`${tablesFolder}/`) ? { bytes, sha256, rows } : { bytes, sha256 },
          ];
        }),
      );
    },
  };
}
