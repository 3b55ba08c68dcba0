import type { IncomingMessage } from 'node:http';
import { findUnsupportedCoding, type MediaType } from '@synap/http';
import { TRPCError } from '@trpc/server';
import { HttpError } from '../response/http-error.js';

/** True for `application/json` and types with the suffix `+json` (RFC 6839 §3.1). */
export const isJsonType = (essence: string): boolean =>
  essence === 'application/json' ||
  (essence.startsWith('application/') && essence.endsWith('+json'));

export const formType = 'application/x-www-form-urlencoded';
export const multipartType = 'multipart/form-data';

/** Rejects a body with a content encoding, or in a charset other than UTF-8. */
export function checkEncoding(req: IncomingMessage, type: MediaType): void {
  const unsupported = findUnsupportedCoding(req, type);
  if (unsupported)
    throw new HttpError('UNSUPPORTED_MEDIA_TYPE', unsupported.message, unsupported.headers);
}

/** Parses JSON. Throws `BAD_REQUEST` without the parser's message, which quotes the body. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TRPCError({ code: 'BAD_REQUEST', message: 'The body is not valid JSON.' });
  }
}
