import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

type Extension = keyof typeof types;

export interface ConstantContent {
  bytes: Buffer;
  extension: Extension;
  /** @default 'no-cache' */
  cacheControl?: string;
}

const shared = new WeakSet<ServerResponse>();

/** True if the body is a buffer that all responses of its kind share. */
export const isShared = (res: ServerResponse): boolean => shared.has(res);

/**
 * Serves content that stays the same while the process runs. A waiting client costs one reference,
 * not a copy or an open file.
 */
export function serveConstant({ bytes, extension, cacheControl = 'no-cache' }: ConstantContent) {
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  return (req: IncomingMessage, res: ServerResponse): void => {
    res.setHeader('etag', etag);
    res.setHeader('cache-control', cacheControl);
    if (req.headers['if-none-match']?.includes(etag)) return void res.writeHead(304).end();
    shared.add(res);
    res
      .writeHead(200, { 'content-type': types[extension], 'content-length': bytes.length })
      .end(bytes);
  };
}

const isKnown = (extension: string): extension is Extension => extension in types;

/**
 * Like `serveConstant`, with a file that is read at once.
 *
 * @throws if the file is missing or its type is unknown.
 */
export function serveFile(file: string, cacheControl?: string) {
  const extension = path.extname(file);
  if (!isKnown(extension)) throw new Error(`The type of ${file} is not supported.`);
  return serveConstant({ bytes: readFileSync(file), extension, cacheControl });
}
