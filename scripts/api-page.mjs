// Builds the API documentation as one self-contained page with Redoc and the document; it needs no
// server and no network.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from './pnpm.mjs';
import { readRedoc } from './redoc-bundle.mjs';

const bundle = path.dirname(
  createRequire(path.join(root, 'apps/server/package.json')).resolve('redoc/package.json'),
);

/** Escapes text that would close or nest the surrounding script element. */
const inline = (script) => script.replace(/<(?=!--|\/?script)/gi, '\\x3c').trim();

/** Returns the page. Deterministic for a document and a version of Redoc. */
export function apiPage(document) {
  const redoc = inline(readRedoc(path.join(bundle, 'bundles')));
  const options = {
    hideDownloadButton: true,
    showExtensions: ['x-scope'],
    expandResponses: '200,201,202',
  };
  const start = `
Redoc.init(JSON.parse(document.getElementById('document').textContent), ${JSON.stringify(options)}, document.getElementById('redoc'));
`;
  const hashes = [redoc, start]
    .map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`)
    .join(' ');
  const policy = `default-src 'none'; script-src ${hashes}; style-src 'unsafe-inline'; img-src data:; worker-src blob:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${document.info.title} API ${document.info.version}</title>
<style>body{margin:0}</style>
</head>
<body>
<div id="redoc"></div>
<script type="application/json" id="document">${JSON.stringify(document).replaceAll('<', '\\u003c')}</script>
<!-- Redoc, MIT License, Copyright (c) 2015-present, Rebilly, Inc. -->
<script>${redoc}</script>
<script>${start}</script>
</body>
</html>
`;
}
