import { hash } from 'node:crypto';

/** The strong entity tag of a version: `"7"`. */
export const versionTag = (version: number | bigint) => `"${version}"`;

/** The strong entity tag of a body, by its hash. */
export const hashTag = (body: string | Uint8Array) => `"${hash('sha1', body, 'base64url')}"`;

/** `If-None-Match` (RFC 9110 §13.1.2): weak comparison. */
export function matchesNone(header: string, tag: string): boolean {
  return header.trim() === '*' || tagsOf(header).some((candidate) => candidate.replace(/^W\//, '') === tag);
}

/** What `If-Match` (RFC 9110 §13.1.1) asks of a versioned resource. */
export type VersionCondition =
  /** Any version will do (`*`). */
  | { readonly kind: 'any' }
  | { readonly kind: 'version'; readonly version: number }
  /** No version can ever match: a weak tag, or one that we never gave out. */
  | { readonly kind: 'never' }
  /** Several tags: more than one version cannot be handed on. */
  | { readonly kind: 'many' };

export function readIfMatch(header: string): VersionCondition {
  if (header.trim() === '*') return { kind: 'any' };
  const tags = tagsOf(header);
  if (tags.length > 1) return { kind: 'many' };
  const version = /^"(\d{1,15})"$/.exec(tags[0] ?? '')?.[1];
  return version === undefined ? { kind: 'never' } : { kind: 'version', version: Number(version) };
}

const tagsOf = (header: string): string[] => header.match(/(W\/)?"[^"]*"/g) ?? [];
