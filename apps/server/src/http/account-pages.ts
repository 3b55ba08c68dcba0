import path from 'node:path';
import { Router } from 'express';
import helmet from 'helmet';
import { packageFolder } from '../paths.js';
import { serveFile } from './constant-content.js';

const folder = path.join(packageFolder, 'pages');

/** Scripts and styles of ours only, and answers of ours; nothing is framed, nothing is sent by the browser itself. */
const contentSecurityPolicy = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    ...{ scriptSrc: ["'self'"], styleSrc: ["'self'"], connectSrc: ["'self'"] },
    ...{ baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] },
  },
});

/** The pages that links in mails open: `/verify`, `/reset`, `/invite`. They hold no secret, and opening one changes nothing. */
export function createAccountPages(): Router {
  const router = Router({ strict: true, caseSensitive: true });
  for (const name of ['verify', 'reset', 'invite'])
    router.get(`/${name}`, contentSecurityPolicy, serveFile(path.join(folder, `${name}.html`)));
  for (const name of ['account.css', 'account.js'])
    router.get(`/account/${name}`, serveFile(path.join(folder, name), 'public, max-age=3600'));
  return router;
}
