import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { BackupError, damagedError } from './backup-error.js';
import {
  type Checksums,
  checksumsEntry,
  knownKinds,
  type Manifest,
  manifestEntry,
  readChecksums,
  readManifest,
  secretsEntry,
  tablesFolder,
} from './manifest.js';
import { contentOf, createSums } from './sums.js';
import { type ArchiveEntry, fromTar } from './tar.js';
import { checkTrailer } from './trailer.js';

/**
 * Receives the contents of an archive in order. The contents are verified only when `readArchive`
 * has resolved.
 */
export interface ArchiveVisitor {
  manifest?(manifest: Manifest): void | Promise<void>;
  secrets?(content: Buffer, manifest: Manifest): void | Promise<void>;
  /** One part of a table. A part may end within a row. */
  table?(name: string, part: Buffer): void | Promise<void>;
  checksums?(checksums: Checksums): void | Promise<void>;
}

export interface ReadArchive {
  manifest: Manifest;
  contents: Checksums['contents'];
  /** Optional entries of kinds that this version does not know. */
  skipped: string[];
}

const isZlibFault = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  error.code.startsWith('Z_');

/**
 * Reads and verifies a whole archive.
 *
 * @throws BackupError if it is truncated, altered, or of an unsupported format
 */
export async function readArchive(
  source: Readable,
  visitor: ArchiveVisitor = {},
): Promise<ReadArchive> {
  let read: ReadArchive | undefined;
  try {
    await pipeline(source, checkTrailer, createGunzip(), async (bytes: AsyncIterable<Buffer>) => {
      read = await readEntries(fromTar(bytes), visitor);
    });
  } catch (error) {
    throw isZlibFault(error) ? damagedError('it cannot be unpacked', error) : error;
  }
  if (!read) throw damagedError('it is empty');
  return read;
}

/** Reads the manifest only. Does not verify the rest. */
export async function readManifestOf(source: Readable): Promise<Manifest> {
  let manifest: Manifest | undefined;
  const enough = new Error('enough');
  await readArchive(source, {
    manifest(found) {
      manifest = found;
      throw enough;
    },
  }).catch((error: unknown) => {
    if (error !== enough) throw error;
  });
  if (!manifest) throw damagedError('it has no manifest');
  return manifest;
}

async function readEntries(
  entries: AsyncGenerator<ArchiveEntry>,
  visitor: ArchiveVisitor,
): Promise<ReadArchive> {
  const first = await entries.next();
  if (first.done || first.value.name !== manifestEntry)
    throw damagedError('it does not begin with a manifest');
  const sums = createSums();
  sums.add(manifestEntry, first.value.content);
  const manifest = readManifest(first.value.content);
  await visitor.manifest?.(manifest);
  const order = createOrderCheck(manifest);
  const skipped: string[] = [];
  let checksums: Checksums | undefined;
  for await (const { name, content } of entries) {
    if (checksums) throw damagedError('entries follow the checksums');
    if (name === checksumsEntry) {
      checksums = readChecksums(content);
      compare(checksums.contents, sums.finish());
      await visitor.checksums?.(checksums);
      continue;
    }
    order.check(name);
    sums.add(contentOf(name), content);
    const kind = kindOf(name);
    if (name === secretsEntry) await visitor.secrets?.(content, manifest);
    else if (kind === tablesFolder) await visitor.table?.(order.table(), content);
    else skipped.push(name);
  }
  if (!checksums) throw damagedError('it has no checksums');
  return { manifest, contents: checksums.contents, skipped };
}

const kindOf = (name: string) => name.split('/')[0] ?? name;

/**
 * Verifies the order of entries: each table once, parts numbered, and only kinds that the manifest
 * names.
 */
function createOrderCheck(manifest: Manifest) {
  let index = -1;
  let part = 0;
  const nameOf = (at: number) => manifest.tables[at]?.name;
  return {
    table: () => nameOf(index) ?? '',
    check(name: string) {
      const kind = kindOf(name);
      if (manifest.kinds[kind] === undefined) throw damagedError(`${name} is not in the manifest`);
      if (kind !== tablesFolder) {
        if (knownKinds.has(kind) && name !== kind) throw damagedError(`${name} is unexpected`);
        return;
      }
      const [, table, file] = name.split('/');
      if (table !== nameOf(index)) {
        const next = manifest.tables.findIndex((each) => each.name === table);
        if (next <= index) throw damagedError(`${name} is out of order`);
        index = next;
        part = 0;
      }
      part += 1;
      if (file !== partName(part)) throw damagedError(`${name} is out of order`);
    },
  };
}

export const partName = (part: number) => `${String(part).padStart(6, '0')}.copy`;

function compare(stated: Checksums['contents'], found: Checksums['contents']): void {
  for (const name of new Set([...Object.keys(stated), ...Object.keys(found)])) {
    const [one, other] = [stated[name], found[name]];
    if (!one && other) throw damagedError(`${name} is not in the checksums`);
    // Tables without rows have no entry.
    if (one && !other && one.bytes === 0) continue;
    if (
      !one ||
      !other ||
      one.sha256 !== other.sha256 ||
      one.bytes !== other.bytes ||
      one.rows !== other.rows
    ) {
      throw damagedError(`${name} does not fit its checksum`);
    }
  }
}

/** Throws for migrations that this version does not know. */
export function assertKnownMigrations(
  { migrations, product }: Manifest,
  known: readonly string[],
  version: string,
): void {
  const unknown = migrations.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new BackupError(
    `The archive was written by Synap ${product} with migrations that Synap ${version} does not know (${unknown.join(', ')}): install Synap ${product} or newer and restore with it.`,
  );
}
