import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type RequestHandler, Router } from 'express';
import { packageFolder } from '../config/paths.js';
import { version } from '../config/version.js';
import { serveReadOnly } from './read-only.js';

/** Written by `pnpm build`. */
const builtFile = path.join(packageFolder, 'dist/client.tgz');

/** Serves the typed client of this version: `npm install https://…/client.tgz`. */
export function createClientPackage(file = builtFile): Router {
  const router = Router({ strict: true, caseSensitive: true });
  serveReadOnly(router, ['/client.tgz', `/client-${version}.tgz`], serve(file));
  return router;
}

function serve(file: string): RequestHandler {
  return async (req, res) => {
    const content = await readFile(file).catch(() => undefined);
    if (content === undefined) {
      res.status(503).set('retry-after', '60').type('text/plain');
      return void res.send('The client is not packed: run "pnpm build" on the server.\n');
    }
    const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
    res.set({ etag, 'cache-control': 'no-cache' });
    if (req.headers['if-none-match']?.includes(etag)) res.status(304).end();
    else res.type('application/gzip').send(content);
  };
}
