import path from 'node:path';
import { Router } from 'express';
import { packageFolder } from '../config/paths.js';
import { serveFile } from './constant-content.js';
import { pagePolicy } from './page-policy.js';
import { serveReadOnly } from './read-only.js';

const folder = path.join(packageFolder, 'pages');

/**
 * Serves the pages that links in mails open, `/verify`, `/reset` and `/invite`, and the shared
 * assets. Pages contain no secrets, and opening one changes nothing. Relative links make them work
 * below a base path.
 */
export function createAccountPages(): Router {
  const router = Router({ strict: true, caseSensitive: true });
  for (const name of ['verify', 'reset', 'invite'])
    serveReadOnly(router, `/${name}`, pagePolicy, serveFile(path.join(folder, `${name}.html`)));
  for (const name of ['page.css', 'account.js', 'icon.svg'])
    serveReadOnly(
      router,
      `/assets/${name}`,
      serveFile(path.join(folder, 'assets', name), 'public, max-age=3600'),
    );
  return router;
}
