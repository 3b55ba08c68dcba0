// Fails if a production dependency has a licence that is not listed here, or is a development tool.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './pnpm.mjs';

/**
 * Permissive licences (SPDX). Others, above all FSL, BUSL, SSPL and AGPL, need a decision and an
 * entry here.
 */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
]);
/** Development tools, which were once included by mistake. */
const unwanted = new Set([
  'core-js',
  'esbuild',
  'react',
  'react-dom',
  'rollup',
  'sentry',
  'tsx',
  'typescript',
  'webpack',
]);

/** Scopes with native parts of such tools. */
const unwantedScopes = new Set(['@esbuild', '@rolldown', '@rollup', '@swc', '@typescript']);
const isUnwanted = (name) => unwanted.has(name) || unwantedScopes.has(name.split('/')[0]);

/** Evaluates an SPDX expression: `A OR B` needs one allowed licence, `A AND B` all. */
const isAllowed = (licence) =>
  licence
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((name) => allowed.has(name.trim())));

const { packageManager } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const args = [
  '--yes',
  packageManager,
  '--filter-prod',
  '@synap/server...',
  'licenses',
  'list',
  '--prod',
  '--json',
];
const { status, stdout } = spawnSync('npx', args, {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64e6,
  shell: process.platform === 'win32',
  stdio: ['ignore', 'pipe', 'inherit'],
});
if (status !== 0) process.exit(status ?? 1);

const packages = Object.entries(JSON.parse(stdout)).flatMap(([licence, list]) =>
  list.map(({ name }) => ({ name, licence })),
);
const faults = packages.flatMap(({ name, licence }) => [
  ...(isAllowed(licence)
    ? []
    : [`${name}: the licence ${licence} is not on the list of scripts/check-licences.mjs`]),
  ...(isUnwanted(name)
    ? [`${name}: is for development only ("pnpm why --prod ${name}" names what brings it)`]
    : []),
]);
if (packages.length < 50)
  faults.push(`Only ${packages.length} packages were found: the filter of this check is wrong`);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else
  console.log(
    `${packages.length} packages in the production tree, all of them under permissive licences.`,
  );
