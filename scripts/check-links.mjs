// Fails on links and paths in Markdown files that lead nowhere.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './pnpm.mjs';

const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
});
/** Decision records describe the tree of their day. */
const files = listed
  .split('\n')
  .filter((file) => file && !/^docs\/decisions\/\d|^\.changeset\//.test(file));

/** Names of the examples in the guides, which do not exist. */
const isExample = (target) => /notes|air-quality|[<>*…{}]/.test(target);

for (const file of files) {
  const text = readFileSync(path.join(root, file), 'utf8');
  const links = [...text.matchAll(/\]\(([^)#\s]+)/g)]
    .map(([, target]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => path.join(path.dirname(file), target));
  const paths = [...text.matchAll(/`((?:packages|apps|docs|scripts|prisma|bench)\/[^`\s]+)`/g)].map(
    ([, target]) => target,
  );
  for (const target of [...links, ...paths].filter((one) => !isExample(one))) {
    if (existsSync(path.join(root, target))) continue;
    console.error(`${file}: there is no ${target}`);
    process.exitCode = 1;
  }
}
console.log(`The links and paths of ${files.length} Markdown files were checked.`);
