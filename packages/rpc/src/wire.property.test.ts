import fc from 'fast-check';
import superjson from 'superjson';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  comparablePartsOf,
  type Listening,
  type Sent,
  send,
  serveWithAdapter,
  serveWithRpcHandler,
} from './testing/servers.js';

const options = { transformer: superjson, hasFormatter: true };
let actualServer: Listening;
let adapterServer: Listening;
beforeAll(async () => {
  [actualServer, adapterServer] = await Promise.all([
    serveWithRpcHandler(options),
    serveWithAdapter(options),
  ]);
});
afterAll(() => Promise.all([actualServer.close(), adapterServer.close()]));

const name = fc.constantFrom(
  'ping',
  'echo',
  'note',
  'add',
  'touch',
  'fail.conflict',
  'fail.crash',
  'fail.own',
  'fail.output',
  'no.such',
  '',
  'out.nothing',
  'out.date',
  'out.map',
  'out.status',
  'out.promise',
  'out.bigint',
  'later.deep.ping',
  'p%69ng',
  '%',
  'a/b',
  'a b',
);
const oneInput = fc.constantFrom<unknown>(
  { json: { id: 1 } },
  { json: { id: 'x' } },
  { json: null, meta: { values: ['undefined'] } },
  {},
  null,
  1,
  'x',
);
const input = fc.oneof(
  oneInput.map((value) => JSON.stringify(value)),
  fc
    .dictionary(fc.constantFrom('0', '1', '2', '7', 'x'), oneInput)
    .map((value) => JSON.stringify(value)),
  fc.constantFrom('', '[', '[1]', '"'),
);
const query = fc.record({
  batch: fc.constantFrom('', 'batch=1', 'batch=1', 'batch=0'),
  input: fc.option(input.map(encodeURIComponent)),
});
const type = fc.constantFrom(
  'application/json',
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  undefined,
);
const method = fc.constantFrom('GET', 'GET', 'POST', 'POST', 'PUT', 'HEAD', 'DELETE');

const request = fc
  .record({
    method,
    type,
    names: fc.array(name, { minLength: 1, maxLength: 4 }),
    query,
    body: fc.option(input),
  })
  .map(({ method, type, names, query, body }): Sent => {
    const parameters = [query.batch, query.input === null ? '' : `input=${query.input}`].filter(
      (text) => text !== '',
    );
    return {
      method,
      path: `${names.join(',').replaceAll(' ', '%20')}?${parameters.join('&')}`,
      headers: type === undefined ? {} : { 'content-type': type },
      ...(body !== null && method !== 'GET' && method !== 'HEAD' && { body }),
    };
  });

const sorted = (errors: readonly unknown[]) => errors.map((error) => JSON.stringify(error)).sort();

test('the response to any request equals that of tRPC’s adapter, byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(request, async (sent) => {
      for (const { errors } of [actualServer, adapterServer]) errors.length = 0;
      const [actual, expected] = await Promise.all([
        send(actualServer, sent),
        send(adapterServer, sent),
      ]);
      expect(comparablePartsOf(actual)).toEqual(comparablePartsOf(expected));
      expect(sorted(actualServer.errors)).toEqual(sorted(adapterServer.errors));
    }),
    { numRuns: 500 },
  );
}, 60_000);
