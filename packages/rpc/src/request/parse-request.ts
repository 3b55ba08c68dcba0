import type { RequestTarget } from '@synap/http';
import { TRPCError } from '@trpc/server';
import type { Incoming } from '../exchange.js';
import { checkCoding, type MediaKind, readMediaKind, unsupportedMediaType } from './media-type.js';
import { type Query, readQuery } from './query.js';
import { decodePath } from './target.js';

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
