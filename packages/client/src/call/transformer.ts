import superjson from 'superjson';

type Annotations = Record<string, [type: 'Date' | 'bigint']>;

/** Deepest nesting of an input. Also stops at an object that contains itself. */
const maxDepth = 100;

/**
 * Serializes inputs as plain JSON, `Date` and `bigint`. superjson itself also encodes Maps, class
 * instances and repeated references, which the server rejects.
 */
export const transformer = {
  input: { serialize: writeInput, deserialize: superjson.deserialize },
  output: superjson,
};

function writeInput(input: unknown) {
  if (input === undefined) return undefined;
  const annotations: Annotations = {};
  const json = toJson(input, [], annotations);
  if (Object.keys(annotations).length === 0) return { json };
  // superjson does not nest the annotation of the root value: its path is empty.
  return { json, meta: { values: typeof json === 'string' ? annotations[''] : annotations, v: 1 } };
}

/** Omits undefined properties, as JSON does. */
function toJson(value: unknown, path: readonly string[], annotations: Annotations): unknown {
  if (typeof value === 'bigint') {
    annotations[nameOf(path)] = ['bigint'];
    return String(value);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) {
    annotations[nameOf(path)] = ['Date'];
    return value.toJSON() ?? '';
  }
  if (path.length > maxDepth)
    throw new TypeError(`The input nests deeper than ${maxDepth} levels, or contains itself.`);
  if (Array.isArray(value))
    return value.map((item, index) => toJson(item, [...path, String(index)], annotations));
  if (value instanceof Map || value instanceof Set || ArrayBuffer.isView(value)) {
    throw new TypeError(
      `The input has a ${value.constructor.name} at "${nameOf(path)}": send plain objects and arrays.`,
    );
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      inner === undefined ? [] : [[key, toJson(inner, [...path, key], annotations)]],
    ),
  );
}

/** Joins and escapes the keys of a path as superjson does. */
const nameOf = (path: readonly string[]): string =>
  path.map((key) => key.replaceAll('\\', '\\\\').replaceAll('.', '\\.')).join('.');
