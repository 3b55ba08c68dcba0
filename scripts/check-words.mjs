// Counts words that STYLE.md advises against, in code and documents. The ceiling only falls: lower it when the count does.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const ceiling = 1;
const avoided =
  /\b(?:told|whoever|nobody|anew|for ever|of ours|likewise|mend(?:s|ed|ing)?)\b|(?:\/\/|\/\*\*| \*) (?:What|Whether) /gi;
const read = /\.(?:ts|tsx|mjs|md|sh|prisma|css|html)$/;
/** Their own subject is the list of words. */
const exempt = new Set(['STYLE.md', 'scripts/check-words.mjs']);

const files = execFileSync('git', ['ls-files'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => read.test(file) && !exempt.has(file) && existsSync(file));
const hits = files.flatMap((file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, at) =>
      [...line.matchAll(avoided)].map(([word]) => `${file}:${at + 1}: ${word.trim()}`),
    ),
);

if (process.argv.includes('--list')) console.log(hits.join('\n'));
console.log(`${hits.length} words that STYLE.md advises against; at most ${ceiling} are allowed`);
if (hits.length > ceiling) {
  console.error(hits.slice(-20).join('\n'));
  process.exitCode = 1;
}
