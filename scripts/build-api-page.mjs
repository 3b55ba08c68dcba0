// Writes the API's documentation as one page that needs no server:
// `node scripts/build-api-page.mjs [file]`. Part of `pnpm build`, which writes dist/api.html.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { apiPage } from './api-page.mjs';
import { root } from './pnpm.mjs';

const [file = path.join(root, 'dist/api.html')] = process.argv.slice(2);
const document = JSON.parse(readFileSync(path.join(root, 'docs/openapi.json'), 'utf8'));
mkdirSync(path.dirname(file), { recursive: true });
writeFileSync(file, apiPage(document));
