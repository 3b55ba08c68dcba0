import { createRequire } from 'node:module';
import path from 'node:path';
import { Router } from 'express';
import helmet from 'helmet';
import { packageFolder } from '../config/paths.js';
import { serveConstant, serveFile } from './constant-content.js';
import { documentPath } from './documents.js';
import { serveReadOnly } from './read-only.js';

const require = createRequire(import.meta.url);
const assetCache = 'public, max-age=3600';

/**
 * Both pages run only scripts of this server; Swagger UI and Redoc add inline styles and images.
 */
const contentSecurityPolicy = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    workerSrc: ["'self'", 'blob:'],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
});

const page = (title: string, head: string, body: string) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>${head}</head>
<body>${body}</body>
</html>
`;

const swaggerPage = (base: string) =>
  page(
    'Synap API',
    `<link rel="stylesheet" href="${base}/docs/assets/swagger-ui.css"><link rel="icon" type="image/png" href="${base}/docs/assets/favicon-32x32.png">`,
    `<div id="swagger-ui"></div><script src="${base}/docs/assets/swagger-ui-bundle.js"></script><script src="${base}/docs/start.js"></script>`,
  );
const redocPage = (base: string) =>
  page(
    'Synap API',
    `<style>body{margin:0}</style><link rel="icon" type="image/png" href="${base}/docs/assets/favicon-32x32.png">`,
    `<div id="redoc"></div><script src="${base}/docs/assets/redoc.standalone.js"></script><script src="${base}/redoc/start.js"></script>`,
  );

const html = (text: string) => serveConstant({ bytes: Buffer.from(text), extension: '.html' });
const script = (text: string) => serveConstant({ bytes: Buffer.from(text), extension: '.js' });

/**
 * Serves Swagger UI at /docs and Redoc at /redoc without third-party hosts. Browsers see the base
 * path before both.
 */
export function createDocs(basePath: string): Router {
  const router = Router();
  const swagger = path.dirname(require.resolve('swagger-ui-dist/package.json'));
  const redoc = path.join(packageFolder, 'pages/vendor');
  const url = JSON.stringify(`${basePath}${documentPath}`);

  router.use(['/docs', '/redoc'], contentSecurityPolicy);
  serveReadOnly(router, '/docs', html(swaggerPage(basePath)));
  serveReadOnly(
    router,
    '/docs/start.js',
    script(
      `SwaggerUIBundle({ url: ${url}, dom_id: '#swagger-ui', deepLinking: true, showExtensions: true, persistAuthorization: false });`,
    ),
  );
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'].map((name) =>
    path.join(swagger, name),
  ))
    serveReadOnly(router, `/docs/assets/${path.basename(file)}`, serveFile(file, assetCache));
  serveReadOnly(
    router,
    '/docs/assets/redoc.standalone.js',
    serveFile(path.join(redoc, 'redoc.standalone.js'), assetCache),
  );
  serveReadOnly(router, '/redoc', html(redocPage(basePath)));
  serveReadOnly(
    router,
    '/redoc/start.js',
    script(
      `Redoc.init(${url}, { showExtensions: ['x-scope'], hideDownloadButton: false }, document.getElementById('redoc'));`,
    ),
  );
  return router;
}
