import { type IncomingRequest, pathBelow, type RequestTarget, splitTarget } from '@synap/http';
import { TRPCError } from '@trpc/server';

/**
 * Splits the URL of a request into its path below the base path, without leading and trailing
 * slashes, and its query. Returns undefined if it is not below the base path.
 */
export function readTarget(req: IncomingRequest, base: string): RequestTarget | undefined {
  const { path, search } = splitTarget(req);
  const below = pathBelow(base, path);
  if (below === undefined) return undefined;
  const end = below.length > 1 && below.endsWith('/') ? -1 : undefined;
  return { path: below.slice(1, end), search };
}

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
