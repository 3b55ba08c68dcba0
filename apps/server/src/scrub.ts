/** What stands in the place of what was taken out. */
const removed = '[removed]';

/** Longest text that is looked through; what is behind it is cut off. */
const maxLength = 8192;
/** Deepest that a payload is looked through; what is below is taken out. */
const maxDepth = 12;
/** Most values that are looked through; all further ones are taken out. */
const maxValues = 20_000;

/** A property by such a name holds nothing that anybody else needs. */
const secretName =
  /pass(?:word|wd|phrase)|pwd|token|secret|key|authorization|cookie|e-?mail|credential|jwt/i;

/**
 * Replaces each match by what stays of it. Every expression here matches all that it looks at, so
 * none is tried twice.
 */
const replacing =
  (pattern: RegExp, replace: (whole: string, ...groups: string[]) => string) => (text: string) =>
    text.replace(pattern, replace);

/**
 * In this order: an address with a password in it looks like a mail address too. Each is linear in
 * the length of the text.
 */
const rules: readonly ((text: string) => string)[] = [
  // Connection strings: whatever stands before the host.
  replacing(/:\/\/([^\s"'<>]*)/g, (whole, rest = '') => {
    const at = rest.lastIndexOf('@');
    return at < 0 ? whole : `://${removed}${rest.slice(at)}`;
  }),
  // Headers that were quoted, to the end of the line.
  replacing(
    /\b((?:set-)?cookie|(?:proxy-)?authorization)(["']?\s{0,3}[:=]\s{0,3})[^\r\n]*/gi,
    (_, name = '', separator = '') => `${name}${separator}${removed}`,
  ),
  replacing(
    /\b(bearer|basic)(\s{1,3})[A-Za-z0-9+/=._~-]+/gi,
    (_, scheme = '', space = '') => `${scheme}${space}${removed}`,
  ),
  removeNamedSecrets,
  // Queries and fragments, of addresses and of paths.
  replacing(/(\/[^\s?#"'<>]*)([?#][^\s"'<>)\]]*)?/g, (whole, path = '', query?: string) =>
    query === undefined ? whole : `${path}?${removed}`,
  ),
  // JWT (RFC 7519): the header of each begins with `{"`.
  replacing(/\beyJ[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*){0,4}/g, () => removed),
  replacing(/\bsyn_[A-Za-z0-9_-]+/g, () => removed),
  removeMailAddresses,
  // 256 bits: base64url as our tokens and links have them, base64 as `openssl rand` makes them,
  // hex.
  replacing(/[A-Za-z0-9_-]+/g, (run) => (run.length === 43 ? removed : run)),
  replacing(/[A-Za-z0-9+/]+=?/g, (run) => (run.length === 44 && run.endsWith('=') ? removed : run)),
  replacing(/[A-Fa-f0-9]+/g, (run) => (run.length === 64 ? removed : run)),
];

const namedSecret = /passw(?:or)?d|passphrase|token|secret|api[-_]?key|credential/i;
const secretValue = /["']?\s{0,3}[:=]\s{0,3}(?:"[^"]*"?|'[^']*'?|[^\s,;&}"']+)/y;
const separator = /^["']?\s{0,3}[:=]\s{0,3}/;

/** Removes the values of `password=…` and `"accessToken": "…"`. */
function removeNamedSecrets(text: string): string {
  let scrubbed = '';
  let from = 0;
  for (const { 0: name, index } of text.matchAll(/[\w-]+/g)) {
    if (index < from || !namedSecret.test(name)) continue;
    secretValue.lastIndex = index + name.length;
    const value = secretValue.exec(text)?.[0];
    if (value === undefined) continue;
    scrubbed += `${text.slice(from, index)}${name}${separator.exec(value)?.[0] ?? ''}${removed}`;
    from = secretValue.lastIndex;
  }
  return scrubbed + text.slice(from);
}

/** The longest local part of an address (RFC 5321 §4.5.3.1.1). */
const localLength = 64;
const localCharacter = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]/u;
const domain = /localhost\b|(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,63}/iuy;

/** Removes mail addresses, also in the percent-encoding of an address line. */
function removeMailAddresses(text: string): string {
  let scrubbed = '';
  let from = 0;
  for (const { 0: at, index } of text.matchAll(/@|%40/g)) {
    domain.lastIndex = index + at.length;
    if (index <= from || !domain.test(text)) continue;
    const before = [...text.slice(Math.max(from, index - localLength), index)];
    const local = before
      .slice(before.findLastIndex((character) => !localCharacter.test(character)) + 1)
      .join('');
    if (local === '') continue;
    scrubbed += text.slice(from, index - local.length) + removed;
    from = domain.lastIndex;
  }
  return scrubbed + text.slice(from);
}

/**
 * A text without what looks like a secret or a mail address. Meant for what leaves us and for
 * errors in the log.
 */
export function scrubText(text: string): string {
  const short = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return rules.reduce((scrubbed, rule) => rule(scrubbed), short);
}

/**
 * Looked for first, since nearly every path is harmless: an encoding, an address, or the length of
 * a secret.
 */
const perhapsSecret = /[%@]|[\w-]{43}/;

/**
 * A path without mail addresses, keys and tokens, however they are percent-encoded; segments
 * without any stay as they are.
 */
export function scrubPath(path: string): string {
  if (!perhapsSecret.test(path)) return path;
  return path.split('/').map(scrubSegment).join('/');
}

function scrubSegment(segment: string): string {
  const decoded = decode(segment);
  const scrubbed = scrubText(decoded);
  return scrubbed === decoded ? segment : scrubbed;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/**
 * A copy of a payload in which no text, at any depth, holds what looks like a secret, nor any
 * property by the name of one a value.
 */
export function scrub<T extends object>(payload: T): T {
  const copy = structuredClone(payload);
  clean(copy, 0, { values: 0, seen: new Set() });
  return copy;
}

interface Walk {
  values: number;
  seen: Set<object>;
}

function clean(holder: object, depth: number, walk: Walk): void {
  if (walk.seen.has(holder)) return;
  walk.seen.add(holder);
  for (const [name, value] of Object.entries(holder)) {
    walk.values += 1;
    const scrubbedName = Array.isArray(holder) ? name : scrubText(name);
    if (scrubbedName !== name) Reflect.deleteProperty(holder, name);
    Reflect.set(holder, scrubbedName, cleaned(name, value, depth, walk));
  }
}

function cleaned(name: string, value: unknown, depth: number, walk: Walk): unknown {
  if (value === undefined || value === null || typeof value === 'boolean') return value;
  if (secretName.test(name) || walk.values > maxValues) return removed;
  if (typeof value === 'string') return scrubText(value);
  if (typeof value !== 'object') return value;
  // A map, a buffer and their like could hold anything; what we report is plain.
  if (depth >= maxDepth || !(Array.isArray(value) || isPlain(value))) return removed;
  clean(value, depth + 1, walk);
  return value;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
