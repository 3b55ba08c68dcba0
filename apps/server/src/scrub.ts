/** What stands in the place of what was taken out. */
const removed = '[removed]';

/** Longest text that is looked through; what is behind it is cut off. */
const maxLength = 8192;
/** Deepest that a payload is looked through; what is below is taken out. */
const maxDepth = 12;
/** Most values that are looked through; all further ones are taken out. */
const maxValues = 20_000;

/** A property by such a name holds nothing that anybody else needs. */
const secretName = /pass(?:word|wd|phrase)|pwd|token|secret|key|authorization|cookie|e-?mail|credential|jwt/i;

/** In this order: an address with a password in it looks like a mail address too. Each is linear in the length of the text. */
const rules: readonly (readonly [RegExp, string])[] = [
  // Connection strings: whatever stands before the host.
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s"'<>]*@/gi, `$1${removed}@`],
  // Headers that were quoted, to the end of the line.
  [/\b((?:set-)?cookie|(?:proxy-)?authorization)(["']?\s{0,3}[:=]\s{0,3})[^\r\n]*/gi, `$1$2${removed}`],
  [/\b(bearer|basic)(\s{1,3})[A-Za-z0-9+/=._~-]+/gi, `$1$2${removed}`],
  // `password=…`, `"accessToken": "…"`.
  [
    /([\w-]{0,40}(?:passw(?:or)?d|passphrase|token|secret|api[-_]?key|credential)[\w-]{0,40}["']?)(\s{0,3}[:=]\s{0,3})(?:"[^"]*"?|'[^']*'?|[^\s,;&}"']+)/gi,
    `$1$2${removed}`,
  ],
  // Queries and fragments, of addresses and of paths.
  [/((?:\b[a-z][a-z0-9+.-]{0,20}:\/)?\/[^\s?#"'<>]*)[?#][^\s"'<>)\]]*/gi, `$1?${removed}`],
  // JWT (RFC 7519): the header of each begins with `{"`.
  [/\beyJ[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*){0,4}/g, removed],
  [/\bsyn_[A-Za-z0-9_-]+/g, removed],
  [/[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}(?:@|%40)(?:localhost\b|(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,63})/giu, removed],
  // 256 bits: base64url as our tokens and links have them, base64 as `openssl rand` makes them, hex.
  [/(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g, removed],
  [/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=/g, removed],
  [/(?<![A-Fa-f0-9])[A-Fa-f0-9]{64}(?![A-Fa-f0-9])/g, removed],
];

/** A text without what looks like a secret or a mail address. Meant for what leaves us and for errors in the log. */
export function scrubText(text: string): string {
  const short = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return rules.reduce((scrubbed, [pattern, replacement]) => scrubbed.replace(pattern, replacement), short);
}

/** A copy of a payload in which no text, at any depth, holds what looks like a secret, nor any property by the name of one a value. */
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
