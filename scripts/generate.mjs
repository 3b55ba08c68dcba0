// Copies Redoc's bundle, and generates the Prisma client if the schema has changed. Runs after
// install and before start, test and build. Of concurrent calls, one generates and the others wait.
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
const timeoutSeconds = 120;

const redoc = path.join(root, 'apps/server/node_modules/redoc/bundles');
const vendor = path.join(root, 'apps/server/pages/vendor');

/** Copies the only file of Redoc that the page needs, so that the server needs no package of it. */
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
  // Renames the complete file, because another process may be serving the old one.
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

/** Hashes the inputs of the client: the schema and the version of Prisma. */
function inputDigest() {
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

/** Acquires the lock, or waits until its holder has finished or died. */
function acquire() {
  mkdirSync(path.dirname(lock), { recursive: true });
  for (const deadline = Date.now() + timeoutSeconds * 1000; Date.now() < deadline; ) {
    if (attempt(() => writeFileSync(lock, String(process.pid), { flag: 'wx' }) ?? true)) return;
    const holder = attempt(() => readFileSync(lock, 'utf8'));
    if (holder && !isAlive(Number(holder)) && attempt(() => readFileSync(lock, 'utf8')) === holder)
      rmSync(lock, { force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
  throw new Error(
    `Another process has been generating the Prisma client for ${timeoutSeconds} s. If no such process exists, delete ${path.relative(root, lock)}.`,
  );
}

function generate(digest) {
  console.error('Generating the Prisma client …');
  rmSync(stamp, { force: true }); // An interrupted generation must not count as complete.
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
    // An installation without development dependencies contains the built client.
    if (process.env.npm_lifecycle_event === 'prepare') return console.warn(message);
    throw new Error(message);
  }
  copyRedoc();
  const digest = inputDigest();
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
