import {
  createTRPCClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  httpSubscriptionLink,
  isNonJsonSerializable,
  splitLink,
  TRPCClientError,
  type TRPCLink,
} from '@trpc/client';
import superjson from 'superjson';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeSuperjson } from './superjson-writer.js';
import type { DemoRouter } from './testing/demo-router.js';
import { type Listening, serveOurs } from './testing/servers.js';

let server: Listening;
beforeAll(async () => {
  const serialize = (_path: string, output: unknown) => writeSuperjson(output);
  server = await serveOurs({ transformer: superjson, maxBatchSize: 20, bodyLimit: 100_000, serialize });
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

  test('queries and mutations give what the procedures do', async () => {
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

  test('outputs come back as the types they were', async () => {
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

  test('each failure comes to its own caller', async () => {
    const client = connect();
    const [good, bad, unknown] = await Promise.allSettled([
      client.ping.query(),
      client.fail.conflict.query(),
      // @ts-expect-error there is no such procedure
      client.no.such.query(),
    ]);
    expect(good).toMatchObject({ status: 'fulfilled', value: 'pong' });
    expect(bad).toMatchObject({
      reason: { message: 'taken', data: { code: 'CONFLICT', httpStatus: 409, path: 'fail.conflict' } },
    });
    expect(unknown).toMatchObject({ reason: { data: { code: 'NOT_FOUND' } } });
  });
});

test('a streamed batch gives promises and generators as they come', async () => {
  const client = createTRPCClient<DemoRouter>({ links: [httpBatchStreamLink({ url: server.url, transformer })] });
  const [later, generator] = await Promise.all([client.out.promise.query(), client.out.generator.query()]);
  expect(await later.later).toBe(1);
  const values: number[] = [];
  for await (const value of generator) values.push(value);
  expect(values).toEqual([1, 2]);
});

test('a subscription comes as server-sent events, and goes on after the last one', async () => {
  const url = `${server.url}/ticks?input=${encodeURIComponent(JSON.stringify({ json: { to: 3 } }))}`;
  const headers = { accept: 'text/event-stream' };
  const answer = await fetch(url, { headers });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  expect(eventsOf(await answer.text())).toEqual(['1', '2', '3']);
  const rest = await fetch(url, { headers: { ...headers, 'last-event-id': '2' } });
  expect(eventsOf(await rest.text())).toEqual(['3']);
});

const eventsOf = (text: string) => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id);

test('a form goes through the link for it', async () => {
  const client = createTRPCClient<DemoRouter>({
    links: [
      splitLink({
        condition: ({ input }) => isNonJsonSerializable(input),
        true: httpLink({
          url: server.url,
          transformer: { serialize: (data: unknown) => data, deserialize: superjson.deserialize },
        }),
        false: httpSubscriptionLink({ url: server.url, transformer }),
      }),
    ],
  });
  const form = new FormData();
  form.set('name', 'ada');
  expect(await client.form.mutate(form)).toBe('ada');
});

test('a refused content type reaches the client as a tRPC error', async () => {
  const plain = httpLink<DemoRouter>({ url: server.url, transformer, headers: { 'content-type': 'text/plain' } });
  const client = createTRPCClient<DemoRouter>({ links: [plain] });
  await expect(client.touch.mutate()).rejects.toThrow(TRPCClientError);
  await expect(client.touch.mutate()).rejects.toMatchObject({ data: { code: 'UNSUPPORTED_MEDIA_TYPE' } });
});
