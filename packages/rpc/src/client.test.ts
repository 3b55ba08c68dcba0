import { writeSuperjson } from '@synap/json-writer';
import {
  createTRPCClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  httpSubscriptionLink,
  TRPCClientError,
  type TRPCLink,
} from '@trpc/client';
import { EventSource } from 'eventsource';
import superjson from 'superjson';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DemoRouter } from './testing/demo-router.js';
import { type Listening, serveWithRpcHandler } from './testing/servers.js';

let server: Listening;
beforeAll(async () => {
  const serialize = (_path: string, output: unknown) => writeSuperjson(output);
  server = await serveWithRpcHandler({
    transformer: superjson,
    maxBatchSize: 20,
    bodyLimit: 100_000,
    serialize,
  });
});
afterAll(() => server.close());

const transformer = superjson;
const links: Record<string, (url: string) => TRPCLink<DemoRouter>> = {
  httpLink: (url) => httpLink({ url, transformer }),
  httpBatchLink: (url) => httpBatchLink({ url, transformer }),
  httpBatchStreamLink: (url) => httpBatchStreamLink({ url, transformer }),
};

describe.each(Object.entries(links))('through tRPC’s %s', (_name, link) => {
  const connect = () => createTRPCClient<DemoRouter>({ links: [link(server.url)] });

  test('queries and mutations return the output of the procedures', async () => {
    const client = connect();
    const at = new Date(5);
    const [pong, echo, note, touched] = await Promise.all([
      client.ping.query(),
      client.echo.query({ at, list: [1, undefined] }),
      client.add.mutate({ id: 1, text: 'ü' }),
      client.touch.mutate(),
    ]);
    expect([pong, echo, note, touched]).toEqual([
      'pong',
      { input: { at, list: [1, undefined] } },
      { id: 1, text: 'ü' },
      'touched',
    ]);
  });

  test('outputs keep their types', async () => {
    const client = connect();
    const [nothing, date, map, undef, big] = await Promise.all([
      client.out.nothing.query(),
      client.out.date.query(),
      client.out.map.query(),
      client.out.undefined.query(),
      client.out.bigint.query(),
    ]);
    expect([nothing, date, map]).toEqual([
      undefined,
      { at: new Date(0), list: [new Date(1)], none: undefined },
      new Map([['a', new Set([1])]]),
    ]);
    expect([undef, big]).toEqual([{ a: undefined, b: [undefined, 1] }, { n: 1n }]);
  });

  test('each error reaches its own caller', async () => {
    const client = connect();
    const [good, bad, unknown] = await Promise.allSettled([
      client.ping.query(),
      client.fail.conflict.query(),
      // @ts-expect-error there is no such procedure
      client.no.such.query(),
    ]);
    expect(good).toMatchObject({ status: 'fulfilled', value: 'pong' });
    expect(bad).toMatchObject({
      reason: {
        message: 'taken',
        data: { code: 'CONFLICT', httpStatus: 409, path: 'fail.conflict' },
      },
    });
    expect(unknown).toMatchObject({ reason: { data: { code: 'NOT_FOUND' } } });
  });
});

test('a streamed batch delivers promises and generators incrementally', async () => {
  const client = createTRPCClient<DemoRouter>({
    links: [httpBatchStreamLink({ url: server.url, transformer })],
  });
  const [later, generator] = await Promise.all([
    client.out.promise.query(),
    client.out.generator.query(),
  ]);
  expect(await later.later).toBe(1);
  const values: number[] = [];
  for await (const value of generator) values.push(value);
  expect(values).toEqual([1, 2]);
});

test('a subscription uses server-sent events, and resumes after the last one', async () => {
  const url = `${server.url}/ticks?input=${encodeURIComponent(JSON.stringify({ json: { to: 3 } }))}`;
  const headers = { accept: 'text/event-stream' };
  const response = await fetch(url, { headers });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(eventsOf(await response.text())).toEqual(['1', '2', '3']);
  const rest = await fetch(url, { headers: { ...headers, 'last-event-id': '2' } });
  expect(eventsOf(await rest.text())).toEqual(['3']);
});

const eventsOf = (text: string) => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id);

test('a subscription works with tRPC’s own link, with ids for resuming', async () => {
  const client = createTRPCClient<DemoRouter>({
    links: [httpSubscriptionLink({ url: server.url, transformer, EventSource })],
  });
  const events = await new Promise<unknown[]>((resolve, reject) => {
    const seen: unknown[] = [];
    client.ticks.subscribe(
      { to: 3 },
      { onData: (event) => seen.push(event), onComplete: () => resolve(seen), onError: reject },
    );
  });
  expect(events).toEqual([1, 2, 3].map((n) => ({ id: String(n), data: n })));
});

test('an error of a subscription works with tRPC’s own link', async () => {
  const client = createTRPCClient<DemoRouter>({
    links: [httpSubscriptionLink({ url: server.url, transformer, EventSource })],
  });
  const error = await new Promise((resolve) => {
    // @ts-expect-error the input is wrong on purpose
    const subscription = client.ticks.subscribe({ to: 'many' }, { onError: resolve });
    void subscription;
  });
  expect(error).toMatchObject({ data: { code: 'BAD_REQUEST', path: 'ticks' } });
});

test('a form works with tRPC’s own link', async () => {
  const ownForms = { serialize: (data: unknown) => data, deserialize: superjson.deserialize };
  const client = createTRPCClient<DemoRouter>({
    links: [httpLink({ url: server.url, transformer: ownForms })],
  });
  const form = new FormData();
  form.set('name', 'ada');
  expect(await client.form.mutate(form)).toBe('ada');
});

test('a rejected content type reaches the client as a tRPC error', async () => {
  const plain = httpLink<DemoRouter>({
    url: server.url,
    transformer,
    headers: { 'content-type': 'text/plain' },
  });
  const client = createTRPCClient<DemoRouter>({ links: [plain] });
  await expect(client.touch.mutate()).rejects.toThrow(TRPCClientError);
  await expect(client.touch.mutate()).rejects.toMatchObject({
    data: { code: 'UNSUPPORTED_MEDIA_TYPE' },
  });
});
