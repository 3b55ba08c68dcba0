import type { IncomingMessage } from 'node:http';
import {
  findUnsupportedCoding,
  type IncomingRequest,
  parseMediaType,
  pathBelow,
  type RequestTarget,
  splitTarget,
} from '@synap/http';
import { TRPCError } from '@trpc/server';
import type { Incoming } from '../exchange.js';
import type { RpcUploadType } from '../options.js';
import { type Query, readQuery } from './query.js';

/** A parsed request in tRPC's protocol, before its procedures are resolved. */
export interface ParsedRequest {
  readonly target: RequestTarget;
  readonly query: Query;
  readonly kind: MediaKind;
  readonly isBatch: boolean;
  /** Procedure paths, one per call. */
  readonly paths: readonly string[];
}

/**
 * Parses a request.
 * @throws TRPCError with tRPC's message for a malformed path, an unsupported content type, or a
 *   batch that is too large.
 */
export function parseRequest({ settings, req }: Incoming, target: RequestTarget): ParsedRequest {
  const path = decodePath(target.path, settings.config.pathSeparator);
  const kind = readMediaKind(req);
  if (kind === 'other' && req.method !== 'GET') throw unsupportedMediaType(req);
  if (kind === 'json' && req.method === 'POST') checkCoding(req);
  const query = readQuery(target.search);
  const isBatch = query.isBatch && (kind === 'json' || kind === 'other');
  if (isBatch && countUpTo(settings.maxBatchSize, path) > settings.maxBatchSize) {
    throw new TRPCError({ code: 'BAD_REQUEST', message: 'Batch call exceeds maximum size' });
  }
  return { target, query, kind, isBatch, paths: isBatch ? path.split(',') : [path] };
}

/** Counts the calls of a batch, up to one more than the limit. */
function countUpTo(limit: number, path: string): number {
  let count = 1;
  for (let at = path.indexOf(','); at >= 0 && count <= limit; at = path.indexOf(',', at + 1))
    count += 1;
  return count;
}

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
function decodePath(path: string, separator: string): string {
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

/** Kind of a request body; `other` is an unknown content type, or none. */
export type MediaKind = 'json' | RpcUploadType | 'other';

/**
 * Reads the content type. Media types are case-insensitive and may have parameters (RFC 9110
 * §8.3.1).
 */
function readMediaKind(req: IncomingMessage): MediaKind {
  const header = req.headers['content-type'];
  if (header === undefined) return 'other';
  if (header === 'application/json') return 'json';
  const { essence } = parseMediaType(header);
  if (essence === 'application/json') return 'json';
  return essence === 'multipart/form-data' || essence === 'application/octet-stream'
    ? essence
    : 'other';
}

/**
 * Error with tRPC's message. Rejecting these types prevents CSRF: browsers send them without a
 * preflight.
 */
export function unsupportedMediaType(req: IncomingMessage): TRPCError {
  const header = req.headers['content-type'];
  const message =
    header === undefined ? 'Missing content-type header' : `Unsupported content-type "${header}`;
  return new TRPCError({ code: 'UNSUPPORTED_MEDIA_TYPE', message });
}

/** Rejects compressed JSON and charsets other than UTF-8, which are not decoded here. */
function checkCoding(req: IncomingMessage): void {
  const unsupported = findUnsupportedCoding(req, parseMediaType(req.headers['content-type'] ?? ''));
  if (unsupported)
    throw new TRPCError({ code: 'UNSUPPORTED_MEDIA_TYPE', message: unsupported.message });
}

/** True if the client requests results one by one, as lines of JSON (`httpBatchStreamLink`). */
export function wantsStream({ headers }: IncomingMessage): boolean {
  const { 'trpc-accept': own, accept } = headers;
  if (own !== undefined) return own === 'application/jsonl';
  return accept?.includes('application/jsonl') === true;
}
