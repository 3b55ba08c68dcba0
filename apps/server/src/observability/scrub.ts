/** Placeholder for removed text. */
const removed = '[removed]';

/** Longest text that is scanned; the rest is cut off. */
const maxLength = 8192;
/** Deepest level of a payload that is scanned; deeper values are removed. */
const maxDepth = 12;
/** Maximum number of values that are scanned; further ones are removed. */
const maxValues = 20_000;

/** Matches names of properties whose values are always removed. */
const secretName =
  /pass(?:word|wd|phrase)|pwd|token|secret|key|authorization|cookie|e-?mail|credential|jwt/i;

/**
 * Creates a rule that replaces each match. Patterns consume all text that they inspect, so no text
 * is scanned twice.
 */
const replacing =
  (pattern: RegExp, replace: (whole: string, ...groups: string[]) => string) => (text: string) =>
    text.replace(pattern, replace);

/**
 * Order matters: a URL with a password also looks like a mail address. Each rule runs in linear
 * time.
 */
const rules: readonly ((text: string) => string)[] = [
  // Connection strings: everything before the host.
  replacing(/:\/\/([^\s"'<>]*)/g, (whole, rest = '') => {
    const at = rest.lastIndexOf('@');
    return at < 0 ? whole : `://${removed}${rest.slice(at)}`;
  }),
  // Quoted headers, to the end of the line.
  replacing(
    /\b((?:set-)?cookie|(?:proxy-)?authorization)(["']?\s{0,3}[:=]\s{0,3})[^\r\n]*/gi,
    (_, name = '', separator = '') => `${name}${separator}${removed}`,
  ),
  replacing(
    /\b(bearer|basic)(\s{1,3})[A-Za-z0-9+/=._~-]+/gi,
    (_, scheme = '', space = '') => `${scheme}${space}${removed}`,
  ),
  removeNamedSecrets,
  // Queries and fragments of URLs and paths.
  replacing(/(\/[^\s?#"'<>]*)([?#][^\s"'<>)\]]*)?/g, (whole, path = '', query?: string) =>
    query === undefined ? whole : `${path}?${removed}`,
  ),
  // JWT (RFC 7519): the header of each begins with `{"`.
  replacing(/\beyJ[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*){0,4}/g, () => removed),
  replacing(/\bsyn_[A-Za-z0-9_-]+/g, () => removed),
  removeMailAddresses,
  // 256 bits: base64url in tokens and links, base64 of `openssl rand`, hex.
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

/** Removes mail addresses, including percent-encoded ones. */
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
 * Removes text that looks like a secret or a mail address. Use for data that leaves the process and
 * for errors in the log.
 */
export function scrubText(text: string): string {
  const short = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return rules.reduce((scrubbed, rule) => rule(scrubbed), short);
}

/** Cheap test that most paths fail: an encoding, a mail address, or a word as long as a secret. */
const perhapsSecret = /[%@]|[\w-]{43}/;

/**
 * Removes mail addresses, keys and tokens from a path, even if they are percent-encoded. Other
 * segments are unchanged.
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
 * Returns a copy of a payload without secrets: scrubs every text at any depth and removes values of
 * properties with secret names.
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
  // Maps, buffers and class instances could hold anything; reports contain plain data only.
  if (depth >= maxDepth || !(Array.isArray(value) || isPlain(value))) return removed;
  clean(value, depth + 1, walk);
  return value;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
