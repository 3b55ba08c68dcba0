import { hash } from 'node:crypto';

/** The strong entity tag of a version: `"7"`. */
export const versionTag = (version: number | bigint) => `"${version}"`;

/** The strong entity tag of a body, by its hash. */
export const hashTag = (body: string | Uint8Array) => `"${hash('sha1', body, 'base64url')}"`;

/** The largest version that a resource may have: 32 bits, signed. */
const maxVersion = 2 ** 31 - 1;

/** The version that an entity tag of a versioned resource names; undefined for any other tag. */
export function versionOf(tag: string): number | undefined {
  const version = Number(/^"(\d{1,10})"$/.exec(tag)?.[1]);
  return version <= maxVersion ? version : undefined;
}

/**
 * Entity tags that a conditional request names, without the mark of weakness: a proxy that
 * compresses an answer makes its tag weak, and means the same state. `any` is `*`.
 */
export type TagCondition = 'any' | readonly string[];

/**
 * Reads `If-Match` or `If-None-Match` (RFC 9110 §13.1); undefined if the header is absent, null if
 * it is malformed.
 */
export function readTagCondition(header: string | undefined): TagCondition | null | undefined {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return 'any';
  const tags = header.match(/"[^"]*"/g) ?? [];
  const rest = header.replaceAll(/(?:W\/)?"[^"]*"/g, '');
  return tags.length === 0 || /[^\s,]/.test(rest) ? null : tags;
}

/** True if a condition names the tag. */
export const namesTag = (condition: TagCondition, tag: string): boolean =>
  condition === 'any' || condition.includes(tag);
