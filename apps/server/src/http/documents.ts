import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type OpenApiDocument, toOpenApi30 } from '@synap/rest';
import { type RequestHandler, Router } from 'express';
import { restPath } from './faces.js';
import { pathOf } from './middleware.js';

/** Where the OpenAPI 3.1 document is served. */
export const documentPath = `${restPath}/openapi.json`;
const documentPath30 = `${restPath}/openapi-3.0.json`;
const paths: ReadonlySet<string> = new Set([documentPath, documentPath30]);

/** Whether a request asks for a document, and not for what it describes. */
export const asksForDocument = (req: IncomingMessage): boolean => paths.has(pathOf(req));

/** Serves the document in OpenAPI 3.1 and 3.0. */
export function createDocuments(document: OpenApiDocument): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router.get(documentPath, serve(document));
  router.get(documentPath30, serve(toOpenApi30(document)));
  return router;
}

/** It stays the same while the process lives: written once, told apart by its hash. */
function serve(document: OpenApiDocument): RequestHandler {
  const text = JSON.stringify(document);
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  return (req, res) => {
    res.set({ etag, 'cache-control': 'no-cache' });
    if (req.headers['if-none-match']?.includes(etag)) res.status(304).end();
    else res.type('application/json').send(text);
  };
}
