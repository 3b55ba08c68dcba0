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
  /** What they are, in the plural, for whoever reads the report. */
  name: string;
  /** What the sealed text of a row is bound to. */
  contextOf: (id: string) => string;
  /** Rows that another key sealed, in the order of their ids, those after `after`. */
  listNotSealedBy: (
    keyId: string,
    page: { after: string | undefined; limit: number },
  ) => Promise<SealedRow[]>;
  /**
   * Stores a newly sealed text in the place of what `previousKeyId` sealed. @returns false when the
   * row is gone or was sealed anew meanwhile
   */
  reseal: (row: SealedRow, previousKeyId: string) => Promise<boolean>;
}

export interface RotationResult {
  name: string;
  /** Rows that the current key seals now. */
  resealed: number;
  /** Rows that do not open, by the name of the key that sealed them. They stay as they are. */
  unopenable: ReadonlyMap<string, number>;
}

export interface RotationOptions {
  sources: readonly SealedSource[];
  box: SecretBox;
  /** Rows that are read at once. */
  pageSize?: number;
}

/**
 * Seals every stored secret that another key sealed with the current one. Each row is one
 * conditional update, so it may run beside servers and beside itself, may be interrupted anywhere,
 * and does nothing the second time.
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
    // By id, not from the start again: rows that do not open stay, and must not be met for ever.
    const rows = await source.listNotSealedBy(box.currentKeyId, { after, limit });
    for (const { id, keyId, sealed } of rows) {
      const context = source.contextOf(id);
      const text = opened(box, { keyId, bytes: sealed }, context);
      if (text === null) unopenable.set(keyId, (unopenable.get(keyId) ?? 0) + 1);
      else if (await source.reseal(sealedAnew(box, id, text, context), keyId)) resealed += 1;
    }
    after = rows.at(-1)?.id;
    if (rows.length < limit) return { name: source.name, resealed, unopenable };
  }
}

function sealedAnew(box: SecretBox, id: string, text: string, context: string): SealedRow {
  const { keyId, bytes } = box.seal(text, context);
  return { id, keyId, sealed: bytes };
}

/** Null where the key is not listed, is another one by that name, or the text is damaged. */
function opened(
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
