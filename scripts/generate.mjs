// Copies Redoc's bundle, and generates the Prisma client when the schema is newer than what was
// generated last: called after install and before start, test and build. Any number of calls at
// once are fine: one generates, the others wait for it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRedoc } from './redoc-bundle.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const output = path.join(root, 'packages/db/src/generated');
const stamp = path.join(output, '.stamp');
const lock = path.join(root, 'node_modules/.synap-generate.lock');
const prisma = path.join(root, 'node_modules/prisma');
const patienceSeconds = 120;

const redoc = path.join(root, 'apps/server/node_modules/redoc/bundles');
const vendor = path.join(root, 'apps/server/pages/vendor');

/**
 * The page needs one file of the package, and a server none of the packages that this file was made
 * of.
 */
function copyRedoc() {
  if (!existsSync(redoc)) return;
  mkdirSync(vendor, { recursive: true });
  const licence = 'redoc.standalone.js.LICENSE.txt';
  writeVendor('redoc.standalone.js', readRedoc(redoc));
  writeVendor(licence, readFileSync(path.join(redoc, licence), 'utf8'));
}

function writeVendor(name, content) {
  const file = path.join(vendor, name);
  if (attempt(() => readFileSync(file, 'utf8')) === content) return;
  // Renamed when it is whole: another process may be serving it.
  writeFileSync(`${file}.${process.pid}`, content);
  renameSync(`${file}.${process.pid}`, file);
}

const attempt = (read) => {
  try {
    return read();
  } catch {
    return null;
  }
};

/** What the client depends on: the schema and the version of Prisma. */
function wanted() {
  const hash = createHash('sha256').update(readFileSync(path.join(prisma, 'package.json')));
  const files = readdirSync(path.join(root, 'prisma')).filter((name) => name.endsWith('.prisma'));
  for (const file of files.sort())
    hash.update(`\0${file}\0`).update(readFileSync(path.join(root, 'prisma', file)));
  return hash.digest('hex');
}

const isFresh = (digest) =>
  attempt(() => readFileSync(stamp, 'utf8')) === digest &&
  existsSync(path.join(output, 'client.ts'));

function isAlive(pid) {
  return Boolean(pid) && attempt(() => process.kill(pid, 0)) === true;
}

/** Takes the lock, or waits until whoever holds it is done or dead. */
function acquire() {
  mkdirSync(path.dirname(lock), { recursive: true });
  for (const deadline = Date.now() + patienceSeconds * 1000; Date.now() < deadline; ) {
    if (attempt(() => writeFileSync(lock, String(process.pid), { flag: 'wx' }) ?? true)) return;
    const holder = attempt(() => readFileSync(lock, 'utf8'));
    if (holder && !isAlive(Number(holder)) && attempt(() => readFileSync(lock, 'utf8')) === holder)
      rmSync(lock, { force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
  throw new Error(
    `Another process has been generating the Prisma client for ${patienceSeconds} s. If there is none, delete ${path.relative(root, lock)}.`,
  );
}

function generate(digest) {
  console.error('Generating the Prisma client …');
  rmSync(stamp, { force: true }); // What an interrupted generation leaves behind must not pass for whole.
  const { status, error, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(prisma, 'build/index.js'), 'generate'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  if (status !== 0)
    throw new Error(
      `The Prisma client could not be generated:\n${error?.message ?? `${stdout}${stderr}`.trim()}`,
    );
  writeFileSync(`${stamp}.new`, digest);
  renameSync(`${stamp}.new`, stamp);
}

function main() {
  if (!existsSync(prisma)) {
    const message =
      'The Prisma client is not generated: the package prisma is not installed. Run: node scripts/pnpm.mjs install';
    // An installation without development dependencies cannot generate, and brings what was built.
    if (process.env.npm_lifecycle_event === 'prepare') return console.warn(message);
    throw new Error(message);
  }
  copyRedoc();
  const digest = wanted();
  if (isFresh(digest)) return;
  acquire();
  try {
    if (!isFresh(digest)) generate(digest);
  } finally {
    rmSync(lock, { force: true });
  }
}

try {
  main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
