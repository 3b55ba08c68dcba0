import { hash } from 'node:crypto';

/** Strong entity tag of a version, such as `"7"`. */
export const versionTag = (version: number | bigint) => `"${version}"`;

/** Strong entity tag of a body, from its hash. */
export const hashTag = (body: string | Uint8Array) => `"${hash('sha1', body, 'base64url')}"`;

/** Maximum version of a resource: 32 bits, signed. */
const maxVersion = 2 ** 31 - 1;

/** Version in an entity tag; undefined for any other tag. */
export function versionOf(tag: string): number | undefined {
  const version = Number(/^"(\d{1,10})"$/.exec(tag)?.[1]);
  return version <= maxVersion ? version : undefined;
}

/**
 * Entity tags of a conditional request, without the weak prefix `W/`. Proxies that compress a
 * response make its tag weak, but the state is the same. `any` stands for `*`.
 */
export type TagCondition = 'any' | readonly string[];

/**
 * Parses `If-Match` or `If-None-Match` (RFC 9110 §13.1). Returns undefined if the header is absent,
 * null if it is malformed.
 */
export function readTagCondition(header: string | undefined): TagCondition | null | undefined {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return 'any';
  const tags = header.match(/"[^"]*"/g) ?? [];
  const rest = header.replaceAll(/(?:W\/)?"[^"]*"/g, '');
  return tags.length === 0 || /[^\s,]/.test(rest) ? null : tags;
}

/** True if a condition contains the tag. */
export const namesTag = (condition: TagCondition, tag: string): boolean =>
  condition === 'any' || condition.includes(tag);
