const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Decodes text of a commit. Git passes on the original bytes: UTF-8 or, in old commits, mostly
 * Latin-1.
 */
export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
}

/** Removes control characters and cuts the text at `length` characters. */
export const shorten = (text: string, length: number): string =>
  [...text.replace(/\p{Cc}+/gu, ' ').trim()].slice(0, length).join('');
