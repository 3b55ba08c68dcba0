// Detects changes of source files below folders: writes, atomic replacements, additions, removals.
import { watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const source = /\.(?:[cm]?[jt]sx?|json|prisma|sql|ya?ml|html|css)$/;
/** Ignored folders: tool output, and packages that an installation changes. */
const ignoredFolders = new Set([
  'node_modules',
  'dist',
  'dist-test',
  'coverage',
  'generated',
  'vendor',
]);
const quietMs = 100;
/** Polling interval if the system cannot watch, such as without free inotify watches. */
const pollMs = 1000;

const isSource = (name) => source.test(name) && !name.startsWith('.') && !name.includes('.test.');

/** Lists all source files with fingerprints, and their folders. */
async function scan({ folders, files, ignored }) {
  const found = new Map();
  const visited = new Map();
  const identify = (folder) =>
    stat(folder).then(
      ({ ino, birthtimeMs }) => `${ino} ${birthtimeMs}`,
      () => undefined,
    );
  async function note(file) {
    const status = await stat(file).catch(() => undefined);
    if (status?.isFile()) found.set(file, `${status.mtimeMs} ${status.size} ${status.ino}`);
  }
  async function visit(folder) {
    if (visited.has(folder) || ignored.includes(folder)) return;
    visited.set(folder, undefined);
    visited.set(folder, await identify(folder));
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    await Promise.all(entries.map((entry) => enter(entry, path.join(folder, entry.name))));
  }
  async function enter(entry, target) {
    if (entry.name.startsWith('.') || ignoredFolders.has(entry.name)) return;
    // Watches linked modules, but follows no links inside them, which avoids cycles.
    const isFolder =
      entry.isDirectory() || (entry.isSymbolicLink() && folders.includes(path.dirname(target)));
    if (isFolder && (await stat(target).catch(() => undefined))?.isDirectory()) await visit(target);
    else if (isSource(entry.name)) await note(target);
  }
  await Promise.all([...folders.map(visit), ...files.map(note)]);
  for (const folder of files.map(path.dirname))
    if (!visited.has(folder)) visited.set(folder, await identify(folder));
  return { found, visited };
}

const difference = (before, after) =>
  [...new Set([...before.keys(), ...after.keys()])].filter(
    (file) => before.get(file) !== after.get(file),
  );

/**
 * Watches `folders` recursively, and single `files`. `next()` resolves with the files that changed
 * since the last call, once no file has changed for a moment.
 */
export async function watchTree(options) {
  const watchers = new Map();
  let wake = () => {};
  let events = 0;
  const signal = () => {
    events += 1;
    wake();
  };
  let poll;
  function unwatch(folder) {
    watchers.get(folder)?.watcher.close();
    watchers.delete(folder);
  }
  function watchFolder(folder, identity) {
    try {
      const watcher = watch(folder, signal).on('error', () => unwatch(folder));
      watchers.set(folder, { watcher, identity });
    } catch (error) {
      if (error.code !== 'ENOENT') poll ??= setInterval(signal, pollMs);
    }
  }
  /** Scans a new folder again, because it may have gained files before it was watched. */
  async function look() {
    for (;;) {
      const { found, visited } = await scan(options);
      // A folder that was removed and created again has another identity.
      for (const [folder, { identity }] of watchers)
        if (visited.get(folder) !== identity) unwatch(folder);
      const fresh = [...visited.keys()].filter((folder) => !watchers.has(folder));
      for (const folder of fresh) watchFolder(folder, visited.get(folder));
      if (!fresh.some((folder) => watchers.has(folder))) return found;
    }
  }

  let known = await look();
  let seen = events;
  async function next() {
    for (;;) {
      if (events === seen) await new Promise((resolve) => (wake = resolve));
      for (let before = -1; before !== events; await delay(quietMs)) before = events;
      seen = events;
      const present = await look();
      const changed = difference(known, present);
      known = present;
      if (changed.length > 0) return changed.sort();
    }
  }
  function close() {
    clearInterval(poll);
    for (const folder of [...watchers.keys()]) unwatch(folder);
  }
  return { next, close };
}
