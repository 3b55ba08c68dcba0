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
  /** Not one entity tag: none, or more than one version, cannot be handed on. */
  | { readonly kind: 'unreadable' };

/** The largest of 32 bits stands for a tag that never matches, weak or not of ours: a version that is right, and never current. */
const neverCurrent = 2 ** 31 - 1;

export function readIfMatch(header: string): VersionCondition {
  if (header.trim() === '*') return { kind: 'any' };
  const [tag, ...more] = tagsOf(header);
  if (tag === undefined || more.length > 0 || header.trim() !== tag) return { kind: 'unreadable' };
  const version = Number(/^"(\d{1,10})"$/.exec(tag)?.[1] ?? neverCurrent);
  return { kind: 'version', version: Math.min(version, neverCurrent) };
}

const tagsOf = (header: string): string[] => header.match(/(W\/)?"[^"]*"/g) ?? [];
