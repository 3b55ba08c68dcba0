import { isRecord } from '@synap/http';
import type { JsonObject } from './json-schema.js';

/** Thrown if a schema has no valid sample. No example is better than a wrong one. */
class NoSample extends Error {}

const maxDepth = 12;

/**
 * Generates a deterministic example value for a JSON Schema. Returns undefined if that is not
 * possible; `resolve` follows references.
 */
export function sampleOf(schema: JsonObject, resolve: (reference: string) => JsonObject): unknown {
  try {
    return sample(schema, resolve, 0);
  } catch (error) {
    if (error instanceof NoSample) return undefined;
    throw error;
  }
}

function sample(
  schema: JsonObject,
  resolve: (reference: string) => JsonObject,
  depth: number,
): unknown {
  if (depth > maxDepth || 'not' in schema) throw new NoSample();
  const below = (inner: unknown) => sample(isRecord(inner) ? inner : {}, resolve, depth + 1);
  if (typeof schema.$ref === 'string') return below(resolve(schema.$ref));
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0];
  if ('example' in schema) return schema.example;
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if ('default' in schema) return schema.default;
  if (Array.isArray(schema.allOf))
    return Object.assign({}, withoutBranches(schema, below), ...schema.allOf.map(below));
  const branches = Array.isArray(schema.anyOf) ? schema.anyOf : schema.oneOf;
  if (Array.isArray(branches)) return below(branches[0]);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'string':
      return sampleText(schema);
    case 'integer':
    case 'number':
      return sampleNumber(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array':
      return sampleList(schema, below);
    case 'object':
      return sampleObject(schema, below);
    default:
      return {};
  }
}

function withoutBranches(schema: JsonObject, below: (inner: unknown) => unknown): unknown {
  return isRecord(schema.properties) ? sampleObject(schema, below) : {};
}

function sampleObject(
  { properties, required }: JsonObject,
  below: (inner: unknown) => unknown,
): unknown {
  const names = Array.isArray(required) ? required : [];
  const entries: [string, unknown][] = [];
  for (const [name, property] of Object.entries(isRecord(properties) ? properties : {})) {
    try {
      entries.push([name, below(property)]);
    } catch (error) {
      if (names.includes(name)) throw error;
    }
  }
  return Object.fromEntries(entries);
}

function sampleList(
  { items, minItems, prefixItems }: JsonObject,
  below: (inner: unknown) => unknown,
): unknown {
  if (Array.isArray(prefixItems)) return prefixItems.map(below);
  if (typeof minItems === 'number' && minItems > 1) throw new NoSample();
  try {
    return [below(items)];
  } catch (error) {
    if (error instanceof NoSample && minItems !== 1) return [];
    throw error;
  }
}

function sampleNumber({
  minimum,
  maximum,
  exclusiveMinimum,
  multipleOf,
  type,
}: JsonObject): number {
  const step = typeof multipleOf === 'number' ? multipleOf : 1;
  const floor =
    typeof exclusiveMinimum === 'number'
      ? exclusiveMinimum + (type === 'integer' ? 1 : step)
      : minimum;
  const least = typeof floor === 'number' ? floor : Number.NEGATIVE_INFINITY;
  const most = typeof maximum === 'number' ? maximum : Number.POSITIVE_INFINITY;
  const candidate = Math.max(step, least);
  return candidate <= most ? candidate : Math.min(Math.max(0, least), most);
}

const byFormat: Readonly<Record<string, string>> = {
  uuid: '7f9c24e8-3b12-4fef-91e0-56a2d5a7c3d1',
  'date-time': '2026-01-31T12:00:00Z',
  date: '2026-01-31',
  time: '12:00:00Z',
  duration: 'PT15M',
  email: 'ann@example.org',
  uri: 'https://example.org/',
  hostname: 'example.org',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  binary: 'bytes',
  byte: 'Ynl0ZXM=',
};

const words = [
  'example',
  'Example text',
  '1',
  '10',
  'a',
  'A1',
  '#0088ff',
  'abc123',
  'YWJj',
  'true',
  'ann@example.org',
  '2026-01-31T12:00:00Z',
];

function sampleText({ format, pattern, minLength, maxLength }: JsonObject): string {
  const least = typeof minLength === 'number' ? minLength : 0;
  const most = typeof maxLength === 'number' ? maxLength : Number.POSITIVE_INFINITY;
  const regex = typeof pattern === 'string' ? new RegExp(pattern, 'u') : undefined;
  const formatted = typeof format === 'string' ? byFormat[format] : undefined;
  const padded = 'example-'.repeat(Math.ceil(least / 8) || 1).slice(0, Math.max(least, 7));
  const candidates = formatted === undefined ? [...words, padded] : [formatted];
  const fit = candidates.find(
    (text) => text.length >= least && text.length <= most && (regex?.test(text) ?? true),
  );
  if (fit === undefined) throw new NoSample();
  return fit;
}
