import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import {
  checksumsEntry,
  jsonOf,
  type Manifest,
  macText,
  manifestEntry,
  type SealingParameters,
  secretsEntry,
  type Table,
  tablesFolder,
} from './manifest.js';
import { partName } from './read-archive.js';
import { createSums } from './sums.js';
import { quoted } from './tables.js';
import type { ArchiveEntry } from './tar.js';

/** Seals secrets into the archive under a key derived from a passphrase. */
export interface Sealing {
  parameters: SealingParameters;
  /** Returns the sealed secrets; `id` binds them to this archive. */
  seal(id: string): Uint8Array;
  /** Authenticates the checksums for holders of the passphrase. */
  mac(text: string): string;
}

const partBytes = 4 * 1024 * 1024;

interface EntriesOptions {
  client: pg.PoolClient;
  manifest: Manifest;
  sealing: Sealing | undefined;
  onTable: (name: string, bytes: number) => void;
}

/**
 * Yields the secrets before the tables, so that a wrong passphrase is detected before anything is
 * loaded.
 */
export async function* entriesOf({
  client,
  manifest,
  sealing,
  onTable,
}: EntriesOptions): AsyncGenerator<ArchiveEntry> {
  const sums = createSums();
  const entry = (name: string, content: Buffer, sumName = name): ArchiveEntry => {
    sums.add(sumName, content);
    return { name, content };
  };
  yield entry(manifestEntry, jsonOf(manifest));
  if (sealing) yield entry(secretsEntry, Buffer.from(sealing.seal(manifest.id)));
  for (const table of manifest.tables) {
    const folder = `${tablesFolder}/${table.name}`;
    let [number, bytes] = [0, 0];
    sums.add(folder, Buffer.alloc(0));
    for await (const part of partsOf(client, table)) {
      number += 1;
      bytes += part.length;
      yield entry(`${folder}/${partName(number)}`, part, folder);
      onTable(table.name, bytes);
    }
  }
  const contents = sums.finish();
  yield {
    name: checksumsEntry,
    content: jsonOf({ contents, mac: sealing?.mac(macText(contents)) ?? null }),
  };
}

/** Reads a table in COPY's text format. Parts may end within a row. */
async function* partsOf(client: pg.PoolClient, { name, columns }: Table): AsyncGenerator<Buffer> {
  const stream: AsyncIterable<Buffer> = client.query(
    copyTo(`COPY ${quoted(name)} (${columns.map(quoted).join(', ')}) TO STDOUT`),
  );
  let buffered: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    buffered.push(chunk);
    length += chunk.length;
    if (length < partBytes) continue;
    yield Buffer.concat(buffered);
    buffered = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(buffered);
}
