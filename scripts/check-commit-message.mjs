// Checks that a commit message follows Conventional Commits 1.0: `node scripts/check-commit-message.mjs <file>`, called by the git hook.
import { readFileSync } from 'node:fs';

const types = [
  'build',
  'chore',
  'ci',
  'docs',
  'feat',
  'fix',
  'perf',
  'refactor',
  'revert',
  'style',
  'test',
];
const longest = 72;
const form = new RegExp(`^(?:${types.join('|')})(?:\\([a-z0-9-]+\\))?!?: \\S`);

const lines = readFileSync(process.argv[2], 'utf8')
  .split('\n')
  .filter((line) => !line.startsWith('#'));
const [subject = '', second = ''] = lines;
const faults = [];
const isGitsOwn = /^(?:Merge|Revert|fixup!|squash!) /.test(subject);
if (!isGitsOwn && !form.test(subject))
  faults.push(
    `The subject must look like "fix(db): say what changed". Types: ${types.join(', ')}.`,
  );
if (subject.length > longest)
  faults.push(`The subject has ${subject.length} characters; ${longest} are allowed.`);
if (second.trim() !== '')
  faults.push('The second line must be empty; the body begins on the third.');
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
