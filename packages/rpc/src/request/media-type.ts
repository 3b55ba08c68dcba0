import type { IncomingMessage } from 'node:http';
import { findCodingFault, parseMediaType } from '@synap/http';
import { TRPCError } from '@trpc/server';
import type { RpcUploadType } from '../options.js';

/** What a request is to be read as; `other` is a content type that tRPC does not know, or none. */
export type MediaKind = 'json' | RpcUploadType | 'other';

/** Media types are case-insensitive, and may have parameters (RFC 9110 §8.3.1). */
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
 * In tRPC's words. A browser sends the types that are refused without asking first: this is what
 * keeps CSRF out.
 */
export function unsupportedMediaType(req: IncomingMessage): TRPCError {
  const header = req.headers['content-type'];
  const message =
    header === undefined ? 'Missing content-type header' : `Unsupported content-type "${header}`;
  return new TRPCError({ code: 'UNSUPPORTED_MEDIA_TYPE', message });
}

/**
 * Throws for JSON that is compressed, or in a charset other than UTF-8: nothing here would decode
 * it.
 */
export function checkCoding(req: IncomingMessage): void {
  const fault = findCodingFault(req, parseMediaType(req.headers['content-type'] ?? ''));
  if (fault) throw new TRPCError({ code: 'UNSUPPORTED_MEDIA_TYPE', message: fault.message });
}

/** Whether the client asks for results one by one, as lines of JSON: `httpBatchStreamLink`. */
export function wantsStream({ headers }: IncomingMessage): boolean {
  const { 'trpc-accept': own, accept } = headers;
  if (own !== undefined) return own === 'application/jsonl';
  return accept?.includes('application/jsonl') === true;
}
