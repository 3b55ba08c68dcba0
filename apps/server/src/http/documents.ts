import type { IncomingMessage } from 'node:http';
import { type OpenApiDocument, toOpenApi30 } from '@synap/rest';
import { Router } from 'express';
import { serveConstant } from './constant-content.js';
import { pathOf } from './middleware.js';
import { serveReadOnly } from './read-only.js';
import { restPath } from './transports.js';

/** Path of the OpenAPI 3.1 document. */
export const documentPath = `${restPath}/openapi.json`;
export const documentPath30 = `${restPath}/openapi-3.0.json`;
const paths: ReadonlySet<string> = new Set([documentPath, documentPath30]);

/** True if the request is for an OpenAPI document, not for an operation. */
export const isDocumentRequest = (req: IncomingMessage): boolean => paths.has(pathOf(req));

/** Serves the document in OpenAPI 3.1 and 3.0. */
export function createDocuments(document: OpenApiDocument): Router {
  const router = Router({ strict: true, caseSensitive: true });
  serveReadOnly(router, documentPath, serveDocument(document));
  serveReadOnly(router, documentPath30, serveDocument(toOpenApi30(document)));
  return router;
}

const serveDocument = (document: OpenApiDocument) =>
  serveConstant({ bytes: Buffer.from(JSON.stringify(document)), extension: '.json' });
