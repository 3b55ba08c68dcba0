import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readQuery } from './query.js';

const name = fc.constantFrom(
  'input',
  'batch',
  'connectionParams',
  'inputs',
  'inpu',
  'b%61tch',
  '%69nput',
  '+input',
  '',
  'x',
);
const value = fc.oneof(
  fc.constantFrom('1', '', '%31', '%zz', '%', 'a+b', '%FF', '%EF%BB%BFx', '%26', '=1', 'a=b'),
  fc.json().map(encodeURIComponent),
  fc.string({ unit: fc.constantFrom('a', '%', '2', '+', '=', 'é', '"') }),
);
const pair = fc.oneof(
  fc.tuple(name, value).map(([n, v]) => `${n}=${v}`),
  name,
);

test('a query is read as URL reads it', () => {
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 5 }), (pairs) => {
      const search = pairs.join('&');
      const wanted = new URL(`http://x/?${search}`).searchParams;
      expect(readQuery(search)).toEqual({
        isBatch: wanted.get('batch') === '1',
        input: wanted.get('input'),
        hasConnectionParams: wanted.has('connectionParams'),
      });
    }),
    { numRuns: 3000 },
  );
});
