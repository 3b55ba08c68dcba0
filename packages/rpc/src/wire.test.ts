import superjson from 'superjson';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  comparablePartsOf,
  type Listening,
  type Sent,
  type ServeOptions,
  send,
  serveWithAdapter,
  serveWithRpcHandler,
} from './testing/servers.js';

const json = { 'content-type': 'application/json' };
const input = (value: unknown) => encodeURIComponent(JSON.stringify(value));
const post = (path: string, body?: unknown, headers: Record<string, string> = json): Sent => ({
  method: 'POST',
  path,
  headers,
  ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
});

const requests: Record<string, Sent> = {
  'a query': { path: 'ping' },
  'a query with a slash behind': { path: 'ping/' },
  'a query with an input': { path: `echo?input=${input({ json: { a: 1, b: 'ü+ &=%' } })}` },
  'a query whose input has plus signs for spaces': {
    path: 'echo?input=%7B%22json%22:%22a+b%22%7D',
  },
  'a query whose input has invalid percent-encoding': {
    path: 'echo?input=%7B%22json%22:%22%zz%22%7D',
  },
  'a query with an encoded parameter name': { path: `echo?%69nput=${input({ json: 7 })}` },
  'a query with two inputs': {
    path: `echo?input=${input({ json: 1 })}&input=${input({ json: 2 })}`,
  },
  'a query with an empty input': { path: 'echo?input=' },
  'a query with parameters that tRPC does not know': {
    path: `echo?x=1&input=${input({ json: 3 })}&inputs=4`,
  },
  'a query with a content type': { path: 'ping', headers: json },
  'a query with another content type': {
    path: 'ping',
    headers: { 'content-type': 'text/plain' },
  },
  'a query with the content type of a form': {
    path: 'ping',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
  },
  'a query with a batch parameter that is not 1': { path: 'ping?batch=true' },
  'an encoded path': { path: '%70ing' },
  'a badly encoded path': { path: '%zz' },
  'no path': { path: '' },
  'an unknown procedure': { path: 'no.such' },
  'a name of Object.prototype': { path: '__proto__' },
  'an unknown procedure by POST': post('no.such', {}),
  'a lazy procedure': { path: 'later.deep.ping' },
  'an unknown procedure in a lazy router': { path: 'later.no' },
  'no output': { path: 'out.nothing' },
  'a null output': { path: 'out.null' },
  'dates in the output': { path: 'out.date' },
  'a map in the output': { path: 'out.map' },
  'undefined in the output': { path: 'out.undefined' },
  'text beyond ASCII in the output': { path: 'out.unicode' },
  'a bigint in the output': { path: 'out.bigint' },
  'a key that superjson rejects': { path: 'out.forbiddenKey' },
  'an output with toJSON': { path: 'out.toJson' },
  'an output with a promise': { path: 'out.promise' },
  'an output that is a generator': { path: 'out.generator' },
  'a status that the procedure sets': { path: 'out.status' },
  'a header that the procedure sets': { path: 'out.header' },
  'an expected error': { path: 'fail.conflict' },
  'a crash': { path: 'fail.crash' },
  'a thrown string': { path: 'fail.string' },
  'an output that its schema rejects': { path: 'fail.output' },
  'a procedure with its own formatter': { path: 'fail.own' },
  'an error whose formatter throws': { path: 'fail.formatter' },
  'an input that the schema rejects': { path: `note?input=${input({ json: { id: 'one' } })}` },
  'an input that is missing': { path: 'note' },
  'an input that is not JSON': { path: 'note?input=%7Bid' },
  'an input that is not JSON, if none is read': { path: 'ping?input=%7Bid' },
  'a mutation': post('add', { json: { id: 1, text: 'ü' } }),
  'a mutation with a charset': post(
    'add',
    { json: { id: 1 } },
    { 'content-type': 'application/JSON; charset=utf-8' },
  ),
  'a mutation with a byte order mark': post('add', `\ufeff{"json":{"id":1}}`),
  'a mutation with an input that the schema rejects': post('add', { json: { id: null } }),
  'a mutation without its input': post('add'),
  'a mutation that takes no input': post('touch'),
  'a mutation with an input that it does not accept': post('touch', { json: 1 }),
  'a mutation with an empty body': post('touch', ''),
  'a mutation with malformed JSON': post('add', '{"json":'),
  'a mutation with a bare null': post('add', 'null'),
  'a mutation that fails': post('fail.teapot', {}),
  'a mutation by GET': { path: 'touch' },
  'a query by POST': post('ping', {}),
  'a mutation by PUT': { ...post('touch', {}), method: 'PUT' },
  'a query by DELETE': { path: 'ping', method: 'DELETE' },
  'a query by DELETE as JSON': { path: 'ping', method: 'DELETE', headers: json },
  OPTIONS: { path: 'ping', method: 'OPTIONS' },
  HEAD: { path: 'ping', method: 'HEAD' },
  'HEAD of an unknown procedure': { path: 'no.such?batch=1', method: 'HEAD' },
  'a mutation without content type': post('touch', undefined, {}),
  'a mutation as text': post('touch', '{}', { 'content-type': 'text/plain' }),
  'a mutation as a form': post('touch', 'a=1', {
    'content-type': 'application/x-www-form-urlencoded',
  }),
  'a body over the limit': post('add', { json: { id: 1, text: 'x'.repeat(300) } }),
  'a body over the limit, in chunks': post(
    'add',
    { json: { id: 1, text: 'x'.repeat(300) } },
    { ...json, 'transfer-encoding': 'chunked' },
  ),
  'a batch': { path: `ping,echo,ping?batch=1&input=${input({ 1: { json: 'x' } })}` },
  'a batch of one': { path: 'ping?batch=1' },
  'a batch without inputs': { path: 'ping,echo?batch=1' },
  'a batch with an encoded comma': { path: 'ping%2Cping?batch=1' },
  'a batch with an encoded parameter': { path: 'ping,ping?batch=%31' },
  'a comma without a batch': { path: 'ping,ping' },
  'a batch with a failure': { path: 'ping,fail.conflict?batch=1' },
  'a batch of equal failures': { path: 'fail.conflict,fail.conflict?batch=1' },
  'a batch of different failures': { path: 'fail.conflict,fail.crash?batch=1' },
  'a batch with an unknown procedure': { path: 'ping,no.such?batch=1' },
  'a batch of unknown procedures': { path: 'no,such?batch=1' },
  'a batch with an output that only streams': { path: 'ping,out.promise?batch=1' },
  'a batch with an output that cannot be written': {
    path: 'ping,out.bigint,out.forbiddenKey?batch=1',
  },
  'a batch with an error whose formatter throws': { path: 'ping,fail.formatter?batch=1' },
  'a batch of mixed types': { path: 'ping,touch?batch=1' },
  'a batch with a subscription': { path: 'ticks,ticks?batch=1' },
  'a batch with a subscription among queries': { path: 'ping,ticks?batch=1' },
  'a batch by GET of mutations': { path: 'touch,touch?batch=1' },
  'a batch whose inputs are a list': { path: `echo,echo?batch=1&input=${input([1])}` },
  'a batch whose inputs are not JSON': { path: 'echo,ping,echo?batch=1&input=%7B' },
  'a batch with one bad input': {
    path: `note,note?batch=1&input=${input({ 0: { json: { id: 1 } }, 1: { json: {} } })}`,
  },
  'a batch of mutations': post('add,touch?batch=1', { 0: { json: { id: 1 } } }),
  'a batch of mutations that is malformed': post('add,touch?batch=1', '['),
  'a batch of mutations over the limit': post('add,add,add?batch=1', {
    0: { json: { id: 1, text: 'x'.repeat(300) } },
  }),
  'a batch that is too large': { path: 'ping,ping,ping,ping?batch=1' },
  'a batch of 15,000 commas': { path: `${','.repeat(15_000)}?batch=1` },
  'a batch of 15,000 commas by POST': post(`${','.repeat(15_000)}?batch=1`, {}),
  'a streamed request that is no batch': {
    path: 'ping',
    headers: { 'trpc-accept': 'application/jsonl' },
  },
  'bad connection parameters': { path: 'ping?connectionParams=%7B' },
  'connection parameters': { path: 'ping?connectionParams=%7B%22a%22%3A%22b%22%7D' },
};

const variants: Record<string, ServeOptions> = {
  'plain JSON': {},
  superjson: { transformer: superjson },
  'superjson and a formatter': { transformer: superjson, hasFormatter: true },
  'a context that cannot be made': {
    createContext: () => {
      throw new Error('no context');
    },
  },
  'a context that is made later': {
    hasFormatter: true,
    createContext: async ({ req, res, signal }) => {
      await new Promise(setImmediate);
      return { req, res, signal };
    },
  },
  'responseMeta with Headers': {
    responseMeta: ({ errors, paths, type, eagerGeneration, info }) => ({
      headers: new Headers([
        [
          'cache-control',
          `${paths?.join()} ${type} ${eagerGeneration} ${info?.isBatchCall} ${errors.length}`,
        ],
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['vary', 'x-more'],
      ]),
    }),
  },
  'responseMeta with an object and a status': {
    transformer: superjson,
    responseMeta: ({ data }) => ({
      status: 418,
      headers: { 'cache-control': ['a', String(data.length)], vary: 'x', 'x-own': undefined },
    }),
  },
};

/**
 * Requests for which tRPC calls a hook twice or not at all, because the response is replaced; see
 * the README.
 */
const responseErrors = [
  'out.bigint',
  'out.forbiddenKey',
  'out.promise',
  'out.generator',
  'fail.formatter',
];
const isComparable = (variant: string, { path }: Sent) =>
  !variant.startsWith('responseMeta') || !responseErrors.some((name) => path.includes(name));

describe.each(Object.entries(variants))(
  'with %s, the response equals that of tRPC’s adapter, byte for byte, for',
  (variant, options) => {
    let actualServer: Listening;
    let adapterServer: Listening;
    beforeAll(async () => {
      [actualServer, adapterServer] = await Promise.all([
        serveWithRpcHandler(options),
        serveWithAdapter(options),
      ]);
    });
    afterAll(() => Promise.all([actualServer.close(), adapterServer.close()]));

    test.each(Object.entries(requests).filter(([, sent]) => isComparable(variant, sent)))(
      '%s',
      async (_name, sent) => {
        for (const { errors } of [actualServer, adapterServer]) errors.length = 0;
        const [actual, expected] = [
          await send(actualServer, sent),
          await send(adapterServer, sent),
        ];
        expect(comparablePartsOf(actual)).toEqual(comparablePartsOf(expected));
        expect(actualServer.errors).toEqual(adapterServer.errors);
        if (actual.headers['content-length'])
          expect(Number(actual.headers['content-length'])).toBe(
            Buffer.from(actual.body, 'latin1').length,
          );
      },
    );
  },
);

test('a custom path separator of the router is supported', async () => {
  const [actualServer, adapterServer] = await Promise.all([
    serveWithRpcHandler({ pathSeparator: '_' }),
    serveWithAdapter({ pathSeparator: '_' }),
  ]);
  for (const path of ['out_null', 'out.null', 'out_no']) {
    expect(comparablePartsOf(await send(actualServer, { path }))).toEqual(
      comparablePartsOf(await send(adapterServer, { path })),
    );
  }
  await Promise.all([actualServer.close(), adapterServer.close()]);
});
