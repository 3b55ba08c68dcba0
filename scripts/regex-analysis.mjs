// Analyses regular expressions with recheck, in one thread for each core. Remembers the safe ones,
// because the analysis takes seconds for some.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { root } from './pnpm.mjs';

/**
 * `timeout` limits the analysis of one expression, in milliseconds. Steps limit its parts: with
 * recheck's default times, safe expressions fail on a busy machine. The seed makes it repeatable.
 */
const options = { timeout: 300_000, incubationTimeout: null, attackTimeout: null, randomSeed: 1 };

const file = path.join(root, 'node_modules/.cache/synap/safe-expressions.json');
const { version } = createRequire(import.meta.url)('recheck/package.json');

/** The result depends on nothing else. */
const keyOf = ({ source, flags }) =>
  createHash('sha256').update(`${version}\0${flags}\0${source}`).digest('hex');

function readSafe() {
  try {
    return new Set(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return new Set();
  }
}

function writeSafe(keys) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify([...keys]));
  renameSync(`${file}.${process.pid}`, file);
}

/** Takes expressions from the queue until it is empty. */
function work(queue, onResult) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), {
      env: Object.assign({ RECHECK_BACKEND: 'pure' }, process.env),
    });
    let current;
    const next = () => {
      current = queue.shift();
      if (current === undefined) void worker.terminate().then(() => resolve());
      else worker.postMessage({ source: current.source, flags: current.flags });
    };
    worker.on('message', (result) => {
      onResult(current, result);
      next();
    });
    worker.once('error', reject);
    next();
  });
}

/** Returns the expressions that are not safe, with recheck's results. */
export async function analyse(expressions) {
  const known = readSafe();
  const keys = expressions.map(keyOf);
  const safe = new Set(keys.filter((key) => known.has(key)));
  const queue = expressions.filter((_, at) => !safe.has(keys[at]));
  const found = [];
  const threads = Math.min(queue.length, availableParallelism());
  const onResult = (expression, result) => {
    if (result.status === 'safe') safe.add(keyOf(expression));
    else found.push([expression, result]);
  };
  await Promise.all(Array.from({ length: threads }, () => work(queue, onResult)));
  writeSafe(safe);
  return found;
}

if (!isMainThread) {
  const { checkSync } = await import('recheck');
  parentPort.on('message', ({ source, flags }) => {
    const { status, complexity, attack } = checkSync(source, flags, options);
    parentPort.postMessage({ status, complexity, attack });
  });
}
