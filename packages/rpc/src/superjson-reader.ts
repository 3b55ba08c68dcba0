import { findUnsafeJson, InputError, isForbiddenKey, isRecord } from '@synap/http';
import { TRPCError } from '@trpc/server';

/**
 * Maximum length of a date or bigint in characters. Sufficient for valid values and cheap to parse.
 */
const maxScalarLength = 64;

/** Converts a value according to its annotation. */
type Revive = (value: unknown, path: string) => unknown;

/** Accepted annotations. superjson has more, and some create far more data than was sent. */
const revivers: ReadonlyMap<unknown, Revive> = new Map<unknown, Revive>([
  ['undefined', () => undefined],
  ['Date', (value, path) => new Date(scalarOf(value, /^.+$/, `"${path}" as a date`))],
  ['bigint', (value, path) => BigInt(scalarOf(value, /^-?\d+$/, `"${path}" as a bigint`))],
]);

/**
 * Reads the output of `superjson.serialize` for JSON values, `undefined`, `Date` and `bigint`.
 * Omits undefined properties. Has linear cost and modifies the payload in place.
 *
 * @throws TRPCError `BAD_REQUEST` for unsafe keys or numbers (`findUnsafeJson`), annotations without
 *   a value, undefined items of a list, and any other annotation: `map`, `set`, `typed-array`,
 *   `regexp`, `class`, `referentialEqualities`, …
 * @example
 * ```ts
 * initTRPC.create({
 *   transformer: {
 *     input: { serialize: superjson.serialize, deserialize: readSuperjson },
 *     output: superjson,
 *   },
 * });
 * ```
 */
export function readSuperjson(payload: unknown): unknown {
  if (!isRecord(payload))
    throw malformed('Send the input as { "json": … }, as superjson writes it.');
  rejectUnsafe(payload);
  const { json, meta } = payload;
  if (meta === undefined || meta === null) return json;
  const { values, v, ...others } = isRecord(meta) ? meta : { meta };
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw malformed(`The input's "meta" must not have "${shorten(unknown)}".`);
  if (v !== undefined && v !== 0 && v !== 1) throw malformed('The input\'s "meta.v" must be 1.');
  return values === undefined ? json : annotate(json, values);
}

/** Reports paths relative to the input, not to the payload around it. */
function rejectUnsafe(payload: Record<string, unknown>): void {
  const issues = findUnsafeJson(payload);
  if (issues.length === 0) return;
  const ofInput = issues.map((issue) => ({
    ...issue,
    path: issue.path[0] === 'json' ? issue.path.slice(1) : issue.path,
  }));
  throw new TRPCError({ code: 'BAD_REQUEST', cause: new InputError(ofInput) });
}

function annotate(json: unknown, values: unknown): unknown {
  if (!isRecord(values)) return reviverOf(values, '')(json, '');
  for (const [path, annotation] of Object.entries(values)) {
    const revive = reviverOf(annotation, path);
    const { holder, key } = locate(json, path);
    const value = revive(holder[key], shorten(path));
    if (value !== undefined) holder[key] = value;
    else if (Array.isArray(holder))
      throw malformed(
        `The input's "${shorten(path)}" is undefined, which an item of a list cannot be.`,
      );
    // Omit the property. Forms send undefined for empty fields, and validators may reject it.
    else delete holder[key];
  }
  return json;
}

/** Finds the reviver of an annotation. Accepted annotations are lists with only the type's name. */
function reviverOf(annotation: unknown, path: string): Revive {
  const revive =
    Array.isArray(annotation) && annotation.length === 1 ? revivers.get(annotation[0]) : undefined;
  if (revive) return revive;
  const types = [...revivers.keys()].join(', ');
  throw malformed(
    `The input's annotation of "${shorten(path)}" is not supported: only ${types} are.`,
  );
}

type Holder = Record<string, unknown>;

/**
 * Finds the object that contains the value at a path. Only finds sent values: no index out of
 * range, no inherited property.
 */
function locate(json: unknown, path: string): { holder: Holder; key: string } {
  const keys = segmentsOf(path);
  const key = keys.pop() ?? '';
  let holder = json;
  for (const inner of keys) holder = isHolderOf(holder, inner) ? holder[inner] : undefined;
  if (isHolderOf(holder, key)) return { holder, key };
  throw malformed(`The input's "meta.values" names "${shorten(path)}", which it does not hold.`);
}

function isHolderOf(value: unknown, key: string): value is Holder {
  if (
    typeof value !== 'object' ||
    value === null ||
    isForbiddenKey(key) ||
    !Object.hasOwn(value, key)
  )
    return false;
  return !Array.isArray(value) || key !== 'length';
}

/** Splits a path at its dots. A backslash escapes a dot or a backslash in a key. */
function segmentsOf(path: string): string[] {
  if (!path.includes('\\')) return path.split('.');
  const keys: string[] = [];
  let key = '';
  for (let index = 0; index < path.length; index += 1) {
    const character = path[index];
    if (character === '.') {
      keys.push(key);
      key = '';
    } else if (character === '\\') {
      index += 1;
      const escaped = path[index];
      if (escaped !== '.' && escaped !== '\\')
        throw malformed('The input\'s "meta.values" contains a path with invalid escaping.');
      key += escaped;
    } else key += character;
  }
  return [...keys, key];
}

/** Reads the text that represents a value of another type. */
function scalarOf(value: unknown, shape: RegExp, what: string): string {
  if (typeof value === 'string' && value.length <= maxScalarLength && shape.test(value))
    return value;
  throw malformed(`The input's "meta.values" names ${what}, which it is not.`);
}

/** Shortens a key for messages. */
const shorten = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text);

const malformed = (message: string) => new TRPCError({ code: 'BAD_REQUEST', message });
