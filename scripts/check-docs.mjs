// Fails on any error or warning of Redocly's recommended rules in the documents of docs/, or in the
// documents of the command line.
import path from 'node:path';
import { root } from './pnpm.mjs';
import { redocly } from './redocly.mjs';

const given = process.argv.slice(2);
const documents =
  given.length > 0
    ? given
    : ['openapi.json', 'openapi-3.0.json'].map((file) => path.join(root, 'docs', file));

for (const document of documents) {
  for (const { severity, ruleId, message, location } of redocly('lint', document)?.problems ?? []) {
    console.error(`${document}: ${severity}: ${message} (${ruleId})`);
    for (const { pointer } of location) console.error(`  ${pointer ?? ''}`);
    process.exitCode = 1;
  }
}
