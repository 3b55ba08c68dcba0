import type { IncomingMessage } from 'node:http';
import { findUnsupportedCoding, parseMediaType } from '@synap/http';
import { TRPCError } from '@trpc/server';
import type { RpcUploadType } from '../options.js';

/** Kind of a request body; `other` is an unknown content type, or none. */
export type MediaKind = 'json' | RpcUploadType | 'other';

/**
 * Reads the content type. Media types are case-insensitive and may have parameters (RFC 9110
 * §8.3.1).
 */
export function readMediaKind(req: IncomingMessage): MediaKind {
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
export function checkCoding(req: IncomingMessage): void {
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
