import path from 'node:path';
import { Router } from 'express';
import { packageFolder } from '../paths.js';
import { serveFile } from './constant-content.js';
import { pagePolicy } from './page-policy.js';
import { serveReadOnly } from './read-only.js';

const folder = path.join(packageFolder, 'pages');

/**
 * Serves the pages that links in mails open, `/verify`, `/reset` and `/invite`, and the assets that
 * all pages share. They hold no secret, and opening one changes nothing. Relative links let them
 * work below a path.
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
