import { z } from 'zod';
import { BackupError, damagedError } from './backup-error.js';

/** Increment `major` if older versions must not read the archive, `minor` if they may. */
export const formatVersion = { major: 1, minor: 0 };
export const manifestEntry = 'manifest.json';
export const secretsEntry = 'secrets.sealed';
export const checksumsEntry = 'checksums.json';
export const tablesFolder = 'tables';

/**
 * Kinds of entries that this version knows. The kind is the first folder, or the name if there is
 * none.
 */
export const knownKinds = new Set([manifestEntry, secretsEntry, checksumsEntry, tablesFolder]);

const tableSchema = z.object({ name: z.string(), columns: z.array(z.string()) });

/** Parameters for deriving the key of the sealed secrets from the passphrase. */
const sealingSchema = z.object({
  algorithm: z.literal('argon2id'),
  memoryCost: z.int().min(8192).max(1_048_576),
  timeCost: z.int().min(1).max(16),
  parallelism: z.int().min(1).max(16),
  /** At least eight bytes, as argon2 requires. */
  salt: z.base64().min(12),
});

const manifestSchema = z.object({
  format: z.literal('synap-backup'),
  version: z.object({ major: z.int(), minor: z.int() }),
  /**
   * Kinds of entries in the archive. A reader rejects unknown `required` kinds and skips unknown
   * `optional` ones.
   */
  kinds: z.record(z.string(), z.enum(['required', 'optional'])),
  id: z.uuid(),
  createdAt: z.iso.datetime(),
  /** Version of Synap that wrote the archive. */
  product: z.string(),
  postgres: z.string(),
  /** Digest that identifies the installation. */
  installation: z.string(),
  /** Applied migrations in order. */
  migrations: z.array(z.string()).min(1),
  /** In the order of the archive: a table follows all tables that it references. */
  tables: z.array(tableSchema).min(1),
  sealing: sealingSchema.nullable(),
});

const sumSchema = z.object({ bytes: z.int(), sha256: z.string(), rows: z.int().optional() });
const checksumsSchema = z.object({
  /** By entry; the parts of a table count as one entry. */
  contents: z.record(z.string(), sumSchema),
  /** HMAC-SHA256 of `contents` under a key derived from the passphrase, if there is one. */
  mac: z.string().nullable(),
});

export type Table = z.output<typeof tableSchema>;
export type Manifest = z.output<typeof manifestSchema>;
export type SealingParameters = z.output<typeof sealingSchema>;
export type Sum = z.output<typeof sumSchema>;
export type Checksums = z.output<typeof checksumsSchema>;

function parseJson<T extends z.ZodType>(schema: T, content: Buffer, entry: string): z.output<T> {
  try {
    return schema.parse(JSON.parse(content.toString('utf8')));
  } catch (error) {
    throw damagedError(`${entry} cannot be read`, error);
  }
}

const headSchema = manifestSchema.pick({ format: true, version: true, product: true });

/** Parses a manifest. Rejects a newer format and unknown required kinds. */
export function readManifest(content: Buffer): Manifest {
  const { version, product } = parseJson(headSchema, content, manifestEntry);
  if (version.major !== formatVersion.major) {
    throw new BackupError(
      `The archive has format ${version.major}.${version.minor}, written by Synap ${product}; this version reads format ${formatVersion.major}. Install that version of Synap.`,
    );
  }
  const manifest = parseJson(manifestSchema, content, manifestEntry);
  const unknown = Object.keys(manifest.kinds).filter(
    (kind) => !knownKinds.has(kind) && manifest.kinds[kind] === 'required',
  );
  if (unknown.length > 0) {
    throw new BackupError(
      `The archive holds ${unknown.join(', ')}, which this version cannot restore: install Synap ${product} or newer.`,
    );
  }
  return manifest;
}

export const readChecksums = (content: Buffer): Checksums =>
  parseJson(checksumsSchema, content, checksumsEntry);
export const jsonOf = (value: unknown): Buffer =>
  Buffer.from(`${JSON.stringify(value, null, 2)}\n`);

/** Serialises the text that the MAC covers. */
export const macText = (contents: Checksums['contents']): string =>
  JSON.stringify(
    Object.entries(contents).map(([name, { bytes, sha256, rows }]) => [
      name,
      bytes,
      sha256,
      rows ?? null,
    ]),
  );
