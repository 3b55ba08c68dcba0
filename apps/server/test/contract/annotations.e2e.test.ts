import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerUnderTest, startServerUnderTest } from '../server-under-test.js';
import { rpcProblem } from './clients.js';

let server: ServerUnderTest;
let token: string;
beforeAll(async () => {
  server = await startServerUnderTest({ variables: { SYNAP_ROLE: 'server' } });
  token = await server.signIn();
});
afterAll(() => server.close());

interface Sent {
  json: unknown;
  meta: unknown;
}

const page = (meta: unknown): Sent => ({ json: { size: { length: 5e8 }, cursor: 'x' }, meta });
const values = (annotations: unknown) => ({ values: annotations, v: 1 });
/** Each level refers to the next one twice; superjson would build 2^40 objects. */
const doubling = Object.fromEntries(
  Array.from({ length: 40 }, (_, n) => [`l${n}`, [`l${n + 1}.a`, `l${n + 1}.b`]]),
);

const hostile: Record<string, unknown> = {
  'a typed array': values({ size: [['typed-array', 'Uint8Array']] }),
  'a typed array as the whole': values([['typed-array', 'Float64Array']]),
  'a set': values({ size: ['set'] }),
  'a map': values({ size: ['map'] }),
  'a regular expression': values({ cursor: ['regexp'] }),
  'an error': values({ size: ['Error'] }),
  'a class': values({ size: [['class', 'User']] }),
  'a custom type': values({ size: [['custom', 'Decimal']] }),
  'a symbol': values({ cursor: [['symbol', 'x']] }),
  'equal references': { referentialEqualities: doubling, v: 1 },
  'an index far beyond a list': values({ 'size.4294967294': ['undefined'] }),
  'a bigint of many digits': values({ cursor: ['bigint'] }),
};

/** All ways to send an input. */
const ways: Record<string, (input: Sent) => Promise<Response>> = {
  'a query': (input) => get('dashboards.list', input),
  'a batch of queries': (input) => get('system.meta,dashboards.list?batch=1', { 1: input }),
  'a streamed batch': (input) =>
    get('dashboards.list?batch=1', { 0: input }, { 'trpc-accept': 'application/jsonl' }),
  'a mutation': (input) => post('dashboards.create', input),
  'a public mutation': (input) => post('auth.login', input),
  'a batch of mutations': (input) =>
    post('users.me.update,dashboards.create?batch=1', { 1: input }),
};

const authorization = () => `Bearer ${token}`;
const get = (target: string, input: unknown, headers = {}) =>
  fetch(
    `${server.origin}/trpc/${target}${target.includes('?') ? '&' : '?'}input=${encodeURIComponent(JSON.stringify(input))}`,
    {
      headers: { authorization: authorization(), ...headers },
    },
  );
const post = (target: string, input: unknown) =>
  fetch(`${server.origin}/trpc/${target}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: authorization() },
    body: JSON.stringify(input),
  });

describe.each(Object.entries(ways))('the annotations of %s', (_way, send) => {
  it.each(Object.entries(hostile))('are rejected for %s', async (_what, meta) => {
    const response = await send(page(meta));
    const text = await response.text();
    expect(text).toMatch(/\\?"code\\?":\\?"BAD_REQUEST\\?"/);
    expect(text).toMatch(/meta|annotation/);
    expect(text).not.toContain('INTERNAL_SERVER_ERROR');
  });
});

it('annotations for types of the contracts are accepted', async () => {
  const response = await get('dashboards.list', {
    json: { size: 1, cursor: null },
    meta: values({ cursor: ['undefined'] }),
  });
  expect([response.status, await response.json()]).toMatchObject([
    200,
    { result: { data: { json: { items: [] } } } },
  ]);
});

it('a bigint annotation in widget parameters is 400, not a server error', async () => {
  const response = await get('widgets.data', {
    json: { moduleId: 'host', widgetId: 'load', params: { a: '1' } },
    meta: values({ 'params.a': ['bigint'] }),
  });
  expect(rpcProblem(await response.json())?.status).toBe(400);
});
