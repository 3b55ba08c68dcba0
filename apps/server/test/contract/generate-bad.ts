import fc from 'fast-check';
import {
  fitsText,
  good,
  type JsonSchema,
  type Making,
  numberIn,
  propertiesOf,
  requiredOf,
  resolve,
} from './generate-good.js';
import { isRecord } from './json.js';

const typeOf = (value: unknown) => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
};

/** One of each JSON type, and garbage. */
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
/** Numbers that no reading takes for one. */
const noNumbers = [
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
const withoutValue = ['\u0000', 'a\u0000b', 'tab\t', 'line\nfeed', '\u007f'];
const loneSurrogates = ['\ud800', 'a\udfffb', '\udc00\ud800'];

/**
 * Values that a schema refuses at one place, all else in them being good; undefined where it takes
 * everything.
 */
export function bad(schema: JsonSchema, making: Making): fc.Arbitrary<unknown> | undefined {
  const own = resolve(schema, making);
  if (own === undefined) return undefined;
  const ways = [here(own, making), ...within(own, making)].filter((way) => way !== undefined);
  return ways.length === 0 ? undefined : fc.oneof(...ways);
}

/** Wrong by itself. */
function here(schema: JsonSchema, { textual }: Making): fc.Arbitrary<unknown> | undefined {
  const { type } = schema;
  if (typeof type !== 'string' && !Array.isArray(schema.enum)) return undefined;
  const wrongType = anything.filter(
    (value) => typeOf(value) !== type && !(type === 'number' && typeof value === 'number'),
  );
  // Of another type a query can only say objects, and text where a number or an object is asked.
  const misread = noNumbers.filter((text) => type !== 'boolean' || text !== 'true');
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
    ...withoutValue,
    'No Slug',
    'not-a-uuid',
    "'; DROP TABLE users; --",
    '../../etc/passwd',
  ];
  return [...texts.filter((text) => !fitsText(schema, text)), ...(textual ? [] : loneSurrogates)];
}

/** Wrong somewhere inside. */
function within(schema: JsonSchema, making: Making): (fc.Arbitrary<unknown> | undefined)[] {
  if (schema.type === 'array' && isRecord(schema.items)) {
    const item = bad(schema.items, making);
    const others = fc.array(good(schema.items, making), { maxLength: 2 });
    return [item && fc.tuple(others, item).map(([before, wrong]) => [...before, wrong])];
  }
  if (schema.type !== 'object') return [];
  if (schema.properties === undefined) return recordWays(schema, making);
  const whole = good(schema, making);
  const missing = requiredOf(schema).map((name) => whole.map((object) => entriesBut(object, name)));
  const wrong = propertiesOf(schema).map(([name, property]) => {
    const value = bad(property, making);
    return (
      value &&
      fc
        .tuple(whole, value)
        .map(([object, fault]) => ({ ...entriesBut(object, name), [name]: fault }))
    );
  });
  return [...missing, ...wrong];
}

const entriesBut = (object: unknown, left: string) =>
  Object.fromEntries(
    Object.entries(isRecord(object) ? object : {}).filter(([name]) => name !== left),
  );

function recordWays(schema: JsonSchema, making: Making): (fc.Arbitrary<unknown> | undefined)[] {
  if (making.textual || !isRecord(schema.propertyNames)) return [];
  const names = outOfBounds(schema.propertyNames, false).filter((name) => typeof name === 'string');
  return names.length === 0 ? [] : [fc.constantFrom(...names).map((name) => ({ [name]: 1 }))];
}
