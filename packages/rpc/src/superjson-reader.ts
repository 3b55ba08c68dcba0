import { findUnsafe, InputFault, isForbiddenKey } from '@synap/http';
import { TRPCError } from '@trpc/server';

/**
 * Longest text of a date or bigint, in characters: more than any needs, little enough that parsing
 * costs nothing.
 */
const maxScalarLength = 64;

/** A value of the payload as its annotation means it. */
type Revive = (value: unknown, path: string) => unknown;

/**
 * The only annotations that are accepted. superjson has many more, some of which build far more
 * than was sent.
 */
const revivers: ReadonlyMap<unknown, Revive> = new Map<unknown, Revive>([
  ['undefined', () => undefined],
  ['Date', (value, path) => new Date(scalarOf(value, /^.+$/, `"${path}" as a date`))],
  ['bigint', (value, path) => BigInt(scalarOf(value, /^-?\d+$/, `"${path}" as a bigint`))],
]);

/**
 * Reads what `superjson.serialize` made of plain JSON values, `undefined`, `Date` and `bigint`.
 * Properties that are undefined are left out. Its cost is linear in the size of the payload, which
 * it changes in place.
 *
 * @throws TRPCError `BAD_REQUEST` for a key or number that is not safe in JSON (`findUnsafe`), for
 *   any other annotation (`map`, `set`, `typed-array`, `regexp`, `class`, `referentialEqualities`,
 *   …), for one that names a value the payload does not hold, and for an item of a list that is
 *   undefined.
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

/** Names places as they are in the input, not in the payload around it. */
function rejectUnsafe(payload: Record<string, unknown>): void {
  const issues = findUnsafe(payload);
  if (issues.length === 0) return;
  const ofInput = issues.map((issue) => ({
    ...issue,
    path: issue.path[0] === 'json' ? issue.path.slice(1) : issue.path,
  }));
  throw new TRPCError({ code: 'BAD_REQUEST', cause: new InputFault(ofInput) });
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
    // An absent property: a form sends undefined for a field that is left empty, and behind this
    // point it would mean an error.
    else delete holder[key];
  }
  return json;
}

/** An annotation of the accepted types is a list with the type's name alone. */
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
 * The object that holds the value at a path. Only values that were sent are found: no index beyond
 * a list, no inherited property.
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

/** A path is its keys joined by dots; a dot or backslash within a key has a backslash before it. */
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
        throw malformed('The input\'s "meta.values" has a path that is not well escaped.');
      key += escaped;
    } else key += character;
  }
  return [...keys, key];
}

/** The text of a value that stands for another type. */
function scalarOf(value: unknown, shape: RegExp, what: string): string {
  if (typeof value === 'string' && value.length <= maxScalarLength && shape.test(value))
    return value;
  throw malformed(`The input's "meta.values" names ${what}, which it is not.`);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Enough of a key to recognise it by. */
const shorten = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text);

const malformed = (message: string) => new TRPCError({ code: 'BAD_REQUEST', message });
