import fc from 'fast-check';
import { fitsText, type JsonSchema, numberIn } from './generate-text.js';
import {
  type GeneratorOptions,
  propertiesOf,
  requiredOf,
  resolve,
  validValue,
} from './generate-valid.js';
import { isRecord } from './json.js';

const typeOf = (value: unknown) => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
};

/** Values of each JSON type. */
const anything = [
  null,
  true,
  0,
  -7,
  1.5,
  'text',
  '',
  [],
  [[[]]],
  {},
  { startsWith: '' },
  { a: { b: [null, { c: 1e308 }] } },
];
/** Texts that must not be read as numbers. */
const nonNumbers = [
  '',
  ' ',
  'abc',
  '1e',
  '0x10',
  '1,5',
  'NaN',
  'Infinity',
  'null',
  'true',
  '١',
  '1 ',
  '--1',
];
const controlCharacters = ['\u0000', 'a\u0000b', 'tab\t', 'line\nfeed', '\u007f'];
const loneSurrogates = ['\ud800', 'a\udfffb', '\udc00\ud800'];

/**
 * Generates values with exactly one invalid place; undefined if the schema accepts everything.
 */
export function invalidValue(
  schema: JsonSchema,
  options: GeneratorOptions,
): fc.Arbitrary<unknown> | undefined {
  const own = resolve(schema, options);
  if (own === undefined) return undefined;
  const ways = [invalidItself(own, options), ...invalidInside(own, options)].filter(
    (way) => way !== undefined,
  );
  return ways.length === 0 ? undefined : fc.oneof(...ways);
}

/** Generates values that are invalid at the top level. */
function invalidItself(
  schema: JsonSchema,
  { textual }: GeneratorOptions,
): fc.Arbitrary<unknown> | undefined {
  const { type } = schema;
  if (typeof type !== 'string' && !Array.isArray(schema.enum)) return undefined;
  const wrongType = anything.filter(
    (value) => typeOf(value) !== type && !(type === 'number' && typeof value === 'number'),
  );
  // A query can express only objects and text.
  const misread = nonNumbers.filter((text) => type !== 'boolean' || text !== 'true');
  const sayable =
    type === 'string' ? [{ a: 'b' }] : type === 'object' ? ['text', ''] : [{ a: 'b' }, ...misread];
  const values = [...(textual ? sayable : wrongType), ...outOfBounds(schema, textual)];
  return values.length === 0 ? undefined : fc.constantFrom(...values);
}

function outOfBounds(schema: JsonSchema, textual: boolean): unknown[] {
  if (Array.isArray(schema.enum)) return ['unheard-of', ''];
  const beyond = (keyword: string, step: number) =>
    keyword in schema ? [numberIn(schema, keyword, 0) + step] : [];
  if (schema.type === 'integer')
    return [...beyond('minimum', -1), ...beyond('maximum', 1), 1.5, -1e21, 1e300];
  if (schema.type === 'array' && 'maxItems' in schema)
    return [Array.from({ length: numberIn(schema, 'maxItems', 0) + 1 }, () => ({}))];
  if (schema.type !== 'string') return [];
  const long = 'maxLength' in schema ? ['x'.repeat(numberIn(schema, 'maxLength', 0) + 1)] : [];
  const texts = [
    '',
    ...long,
    ...controlCharacters,
    'No Slug',
    'not-a-uuid',
    "'; DROP TABLE users; --",
    '../../etc/passwd',
  ];
  return [...texts.filter((text) => !fitsText(schema, text)), ...(textual ? [] : loneSurrogates)];
}

/** Generates values with an invalid nested value. */
function invalidInside(
  schema: JsonSchema,
  options: GeneratorOptions,
): (fc.Arbitrary<unknown> | undefined)[] {
  if (schema.type === 'array' && isRecord(schema.items)) {
    const item = invalidValue(schema.items, options);
    const others = fc.array(validValue(schema.items, options), { maxLength: 2 });
    return [item && fc.tuple(others, item).map(([before, wrong]) => [...before, wrong])];
  }
  if (schema.type !== 'object') return [];
  if (schema.properties === undefined) return invalidKeys(schema, options);
  const whole = validValue(schema, options);
  const missing = requiredOf(schema).map((name) => whole.map((object) => omit(object, name)));
  const wrong = propertiesOf(schema).map(([name, property]) => {
    const value = invalidValue(property, options);
    return (
      value &&
      fc.tuple(whole, value).map(([object, fault]) => ({ ...omit(object, name), [name]: fault }))
    );
  });
  return [...missing, ...wrong];
}

const omit = (object: unknown, left: string) =>
  Object.fromEntries(
    Object.entries(isRecord(object) ? object : {}).filter(([name]) => name !== left),
  );

function invalidKeys(
  schema: JsonSchema,
  options: GeneratorOptions,
): (fc.Arbitrary<unknown> | undefined)[] {
  if (options.textual || !isRecord(schema.propertyNames)) return [];
  const names = outOfBounds(schema.propertyNames, false).filter((name) => typeof name === 'string');
  return names.length === 0 ? [] : [fc.constantFrom(...names).map((name) => ({ [name]: 1 }))];
}
