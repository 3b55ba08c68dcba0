import { originForm } from '@synap/http';
import { TRPCError } from '@trpc/server';
import type { RpcIncoming } from '../options.js';

/** URL of a request, split at the base path and at the query. */
export interface Target {
  /** Path below the base path, percent-encoded, without leading and trailing slashes. */
  readonly path: string;
  /** Query string without its `?`. */
  readonly search: string;
}

/** Splits the URL of a request. Returns undefined if it is not below the base path. */
export function readTarget(req: RpcIncoming, base: string): Target | undefined {
  const url = originForm(req.originalUrl ?? req.url ?? '/') ?? '/';
  const mark = url.indexOf('?');
  const end = mark < 0 ? url.length : mark;
  if (!url.startsWith(base) || (end > base.length && url.charCodeAt(base.length) !== slash))
    return undefined;
  const start = base.length + 1;
  const last = end > start && url.charCodeAt(end - 1) === slash ? end - 1 : end;
  return { path: url.slice(start, last), search: mark < 0 ? '' : url.slice(mark + 1) };
}

const slash = 47;

/**
 * Decodes the procedure path.
 * @throws TRPCError `BAD_REQUEST` with tRPC's message for invalid percent-encoding.
 */
export function decodePath(path: string, separator: string): string {
  const decoded = path.includes('%') ? decode(path) : path;
  return separator === '.' ? decoded : decoded.split(separator).join('.');
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new TRPCError({
      code: 'BAD_REQUEST',
      message: `Invalid URL-encoding in path "${path}"`,
      cause,
    });
  }
}
