import type { SecretBox } from '@synap/security';

/** A row that holds a sealed text. */
interface SealedRow {
  id: string;
  /** Name of the key that sealed it. */
  keyId: string;
  sealed: Uint8Array<ArrayBuffer>;
}

/** One kind of stored secrets. */
export interface SealedSource {
  /** Name of the secrets for the report, in the plural. */
  name: string;
  /** Context that the sealed text of a row is bound to. */
  contextOf: (id: string) => string;
  /** Lists rows sealed by another key, ordered by id, starting after `after`. */
  listNotSealedBy: (
    keyId: string,
    page: { after: string | undefined; limit: number },
  ) => Promise<SealedRow[]>;
  /**
   * Replaces a text that `previousKeyId` sealed.
   * @returns false if the row was removed or re-encrypted meanwhile
   */
  reseal: (row: SealedRow, previousKeyId: string) => Promise<boolean>;
}

export interface RotationResult {
  name: string;
  /** Number of re-encrypted rows. */
  resealed: number;
  /** Rows that cannot be decrypted, by the name of their key. They stay unchanged. */
  unopenable: ReadonlyMap<string, number>;
}

export interface RotationOptions {
  sources: readonly SealedSource[];
  box: SecretBox;
  /**
   * Rows per page.
   * @default 100
   */
  pageSize?: number;
}

/**
 * Re-encrypts every stored secret with the current key. Each row is one conditional update: safe to
 * run concurrently, to interrupt and to repeat.
 */
export async function rotateSecrets({
  sources,
  box,
  pageSize = 100,
}: RotationOptions): Promise<RotationResult[]> {
  const results: RotationResult[] = [];
  for (const source of sources) results.push(await rotateSource(source, box, pageSize));
  return results;
}

async function rotateSource(
  source: SealedSource,
  box: SecretBox,
  limit: number,
): Promise<RotationResult> {
  let resealed = 0;
  const unopenable = new Map<string, number>();
  let after: string | undefined;
  for (;;) {
    // Page by id: rows that cannot be decrypted stay and must not be read again forever.
    const rows = await source.listNotSealedBy(box.currentKeyId, { after, limit });
    for (const { id, keyId, sealed } of rows) {
      const context = source.contextOf(id);
      const text = tryOpen(box, { keyId, bytes: sealed }, context);
      if (text === null) unopenable.set(keyId, (unopenable.get(keyId) ?? 0) + 1);
      else if (await source.reseal(resealedRow(box, id, text, context), keyId)) resealed += 1;
    }
    after = rows.at(-1)?.id;
    if (rows.length < limit) return { name: source.name, resealed, unopenable };
  }
}

function resealedRow(box: SecretBox, id: string, text: string, context: string): SealedRow {
  const { keyId, bytes } = box.seal(text, context);
  return { id, keyId, sealed: bytes };
}

/** Returns null if the key is missing, differs under the same name, or the text is damaged. */
function tryOpen(
  box: SecretBox,
  sealed: Parameters<SecretBox['open']>[0],
  context: string,
): string | null {
  try {
    return box.open(sealed, context);
  } catch {
    return null;
  }
}
