import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { expect, it } from 'vitest';
import { collector } from './backup.test.support.js';
import { readArchive, readManifestOf } from './read-archive.js';
import { type ArchiveEntry, toTar } from './tar.js';
import { addTrailer } from './trailer.js';

const manifest = {
  format: 'synap-backup',
  version: { major: 1, minor: 0 },
  kinds: { 'manifest.json': 'required', tables: 'required', 'checksums.json': 'required' },
  id: '018f6f2e-0000-7000-8000-000000000000',
  createdAt: '2026-01-01T00:00:00.000Z',
  product: '9.9.9',
  postgres: '18.4',
  installation: 'a',
  migrations: ['1'],
  tables: [
    { name: 'a', columns: ['id'] },
    { name: 'b', columns: ['id'] },
  ],
  sealing: null,
};
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

/** Builds an archive of any manifest and entries, with correct checksums. */
async function archiveOf(head: object, entries: Record<string, string>): Promise<Readable> {
  const all: ArchiveEntry[] = Object.entries({
    'manifest.json': JSON.stringify(head),
    ...entries,
  }).map(([name, text]) => ({
    name,
    content: Buffer.from(text),
  }));
  const groups = new Map<string, Buffer[]>();
  for (const { name, content } of all) {
    const group = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : name;
    groups.set(group, [...(groups.get(group) ?? []), content]);
  }
  const contents = [...groups].map(([name, parts]) => {
    const content = Buffer.concat(parts);
    const sum = { bytes: content.length, sha256: sha256(content) };
    return [
      name,
      name.startsWith('tables/')
        ? { ...sum, rows: content.toString().split('\n').length - 1 }
        : sum,
    ];
  });
  all.push({
    name: 'checksums.json',
    content: Buffer.from(JSON.stringify({ contents: Object.fromEntries(contents), mac: null })),
  });
  const { output, bytes } = collector();
  await pipeline(Readable.from(all), toTar, createGzip(), addTrailer, output);
  return Readable.from([bytes()]);
}

const withKinds = (kinds: object) => ({ ...manifest, kinds: { ...manifest.kinds, ...kinds } });

it('hands on each part of a table, in order', async () => {
  const seen: string[] = [];
  const archive = await archiveOf(manifest, {
    'tables/a/000001.copy': '1\n2',
    'tables/a/000002.copy': '\n',
    'tables/b/000001.copy': '3\n',
  });
  await readArchive(archive, { table: (name, part) => void seen.push(`${name} ${part}`) });
  expect(seen).toEqual(['a 1\n2', 'a \n', 'b 3\n']);
});

it('reads the manifest alone', async () => {
  expect(await readManifestOf(await archiveOf(manifest, {}))).toMatchObject({ product: '9.9.9' });
});

it('skips what a newer format declares optional, and says so', async () => {
  const archive = await archiveOf(withKinds({ files: 'optional' }), {
    'files/1/000001': 'content',
  });
  expect((await readArchive(archive)).skipped).toEqual(['files/1/000001']);
});

it('refuses what a newer format demands, by name of the version that can read it', async () => {
  await expect(readArchive(await archiveOf(withKinds({ files: 'required' }), {}))).rejects.toThrow(
    /files, .*Synap 9\.9\.9/,
  );
  const next = { ...manifest, version: { major: 2, minor: 0 }, tables: 'another form' };
  await expect(readArchive(await archiveOf(next, {}))).rejects.toThrow(
    /format 2\.0, .*Synap 9\.9\.9/,
  );
});

it.each([
  ['an entry that the manifest does not declare', { 'files/1': 'content' }],
  ['a table that it does not list', { 'tables/c/000001.copy': '1\n' }],
  ['a missing part', { 'tables/a/000002.copy': '1\n' }],
  ['tables in another order', { 'tables/b/000001.copy': '1\n', 'tables/a/000001.copy': '1\n' }],
])('refuses %s', async (_what, entries) => {
  await expect(readArchive(await archiveOf(manifest, entries))).rejects.toThrow(
    'truncated or altered',
  );
});

it.each([
  ['without tables', { tables: [] }],
  [
    'whose salt is too short',
    {
      sealing: {
        algorithm: 'argon2id',
        memoryCost: 8192,
        timeCost: 1,
        parallelism: 1,
        salt: 'AAAA',
      },
    },
  ],
])('refuses a manifest %s', async (_what, change) => {
  const archive = await archiveOf(Object.assign({}, manifest, change), {});
  await expect(readManifestOf(archive)).rejects.toThrow(
    'truncated or altered (manifest.json cannot be read)',
  );
});

it('refuses what is no archive at all', async () => {
  for (const text of ['', 'not an archive', 'x'.repeat(10_000)])
    await expect(readArchive(Readable.from([Buffer.from(text)]))).rejects.toThrow(
      'truncated or altered',
    );
});
