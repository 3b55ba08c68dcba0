// Compiles templates/ into src/compiled.ts, so that only developers need MJML. `--check` fails if
// that file is outdated.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import mjml2html from 'mjml';
import { mails } from '../templates/mails.mjs';

const folder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const output = path.join(folder, 'src/compiled.ts');
const layout = readFileSync(path.join(folder, 'templates/layout.mjml'), 'utf8');

async function compile({ subject, lines, button, note }) {
  const content = [
    ...lines.map((line) => `<mj-text>${line}</mj-text>`),
    ...(button ? [`<mj-button href="{{link}}">${button}</mj-button>`] : []),
  ].join('\n');
  const { html, errors } = await mjml2html(
    layout.replace('{{content}}', content).replace('{{note}}', note),
    {
      validationLevel: 'strict',
    },
  );
  if (errors.length > 0)
    throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join('\n'));
  const text = [...lines, ...(button ? [`${button}: {{link}}`] : []), note].join('\n\n');
  return { subject, html: html.replaceAll(/\s*\n\s*/g, '\n').trim(), text: `${text}\n` };
}

const compiled = {};
for (const [name, mail] of Object.entries(mails)) compiled[name] = await compile(mail);
const source = `// Made by scripts/compile.mjs from templates/; do not edit.\n\nexport const compiled = ${JSON.stringify(compiled, null, 2)} as const;\n`;

if (!process.argv.includes('--check')) writeFileSync(output, source);
else if (readFileSync(output, 'utf8') !== source) {
  console.error(
    'packages/mail/src/compiled.ts is not what templates/ say: run "pnpm gen" and commit it.',
  );
  process.exitCode = 1;
}
