import type { IncomingMessage } from 'node:http';
import { Router } from 'express';
import type { Environment } from '../config/env.js';
import { basePathOf } from '../config/public-url.js';
import { version } from '../config/version.js';
import { serveConstant } from './constant-content.js';
import { documentPath, documentPath30 } from './documents.js';
import { pathOf } from './middleware.js';
import { pagePolicy } from './page-policy.js';
import { serveReadOnly } from './read-only.js';
import { restPath, rpcPath } from './transports.js';

/** A path of the service with its title and hint. */
interface Place {
  name: string;
  path: string;
  title: string;
  hint: string;
}

const docsPlaces: readonly Place[] = [
  {
    name: 'docs',
    path: '/docs',
    title: 'API documentation',
    hint: 'Swagger UI: read about every operation and try it',
  },
  { name: 'redoc', path: '/redoc', title: 'API reference', hint: 'Redoc: the same on one page' },
];
const places: readonly Place[] = [
  {
    name: 'openapi',
    path: documentPath,
    title: 'OpenAPI 3.1 document',
    hint: 'For generators of clients and tests',
  },
  {
    name: 'openapi30',
    path: documentPath30,
    title: 'OpenAPI 3.0 document',
    hint: 'For tools without support for 3.1',
  },
  {
    name: 'client',
    path: '/client.tgz',
    title: 'Typed client',
    hint: 'For TypeScript: npm install with the address of this link',
  },
  { name: 'health', path: `${restPath}/health`, title: 'Health', hint: 'The state of the service' },
];
/** Paths for programs only; browsers have nothing to display there. */
const programPlaces = { rest: restPath, rpc: rpcPath };

const overviewPaths: ReadonlySet<string> = new Set([restPath, `${restPath}/`]);

/** True if the request is for the root of the API, not for an operation. */
export const isOverviewRequest = (req: IncomingMessage): boolean => overviewPaths.has(pathOf(req));

/**
 * Serves `/` and `/api/v1`: name and version of the service, and links to its documents, client and
 * health.
 */
export function createStartPage(environment: Pick<Environment, 'docs' | 'publicUrl'>): Router {
  const base = basePathOf(environment);
  const listed = environment.docs ? [...docsPlaces, ...places] : places;
  const links = Object.fromEntries([
    ...Object.entries(programPlaces).map(([name, path]) => [name, `${base}${path}`]),
    ...listed.map(({ name, path }) => [name, `${base}${path}`]),
  ]);
  const json = serveConstant({
    bytes: Buffer.from(JSON.stringify({ name: 'Synap', version, links })),
    extension: '.json',
  });
  const html = serveConstant({ bytes: Buffer.from(pageOf(base, listed)), extension: '.html' });
  const router = Router({ strict: true, caseSensitive: true });
  serveReadOnly(router, [...overviewPaths], json);
  serveReadOnly(router, '/', pagePolicy, (req, res) => {
    res.vary('Accept');
    // Programs accept anything and get JSON; browsers name HTML.
    if (req.accepts(['json', 'html']) === 'html') html(req, res);
    else json(req, res);
  });
  return router;
}

const itemOf = (base: string, { path, title, hint }: Place) =>
  `        <li><a href="${base}${path}">${title} <small>${hint}</small></a></li>`;

const pageOf = (base: string, listed: readonly Place[]) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>Synap</title>
    <link rel="icon" type="image/svg+xml" href="${base}/assets/icon.svg">
    <link rel="stylesheet" href="${base}/assets/page.css">
  </head>
  <body>
    <header class="brand">Synap <span class="version">${version}</span></header>
    <main class="wide">
      <h1>The service is running</h1>
      <p class="muted">Synap is a self-hosted, type-safe backend for dashboards.</p>
      <ul class="links">
${listed.map((place) => itemOf(base, place)).join('\n')}
      </ul>
    </main>
  </body>
</html>
`;
