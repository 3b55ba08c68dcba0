import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import {
  InfiniteQueryObserver,
  MutationObserver,
  QueryClient,
  QueryObserver,
  skipToken,
} from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClient, type SynapClient, SynapError } from '../index.js';
import { deferred, failureOf } from '../testing/promises.js';
import { onPath, sendProblem, serveSynap, type TestServer } from '../testing/server.js';
import { credentials } from '../testing/sessions.js';
import { createSynapQueries, type SynapQueries } from './index.js';

const absentId = '7d1b2f7e-0c64-4a0e-8a5d-3b8f1d0a9c22';

let server: TestServer;
let client: SynapClient;
let queries: SynapQueries;
let cache: QueryClient;
beforeEach(async () => {
  server = await serveSynap();
  client = createClient({ url: server.url });
  queries = createSynapQueries(client);
  cache = new QueryClient();
  await client.$session.signIn(credentials);
});
afterEach(async () => {
  cache.clear();
  await server.close();
});

const sent = (procedure: string) => server.paths.filter((path) => path.includes(procedure)).length;

async function createDashboards(count: number) {
  const created = await Promise.all(
    Array.from({ length: count }, (_, i) => client.dashboards.create.mutate({ name: `D${i}` })),
  );
  return created.map(({ id }) => id);
}

describe('a query', () => {
  test('returns the data of the client, which its key finds in the cache', async () => {
    const [id = ''] = await createDashboards(1);
    const data = await cache.fetchQuery(queries.dashboards.get.queryOptions({ id }));
    expect(data).toEqual(server.dashboards[0]);
    expect(data.createdAt).toBeInstanceOf(Date);
    expect(cache.getQueryData(queries.dashboards.get.queryKey({ id }))).toBe(data);
  });

  test('can omit an optional input', async () => {
    const { email } = await cache.fetchQuery(queries.users.me.get.queryOptions());
    expect(email).toBe(credentials.email);
  });

  test('rejects with the typed error of the client, without a retry of TanStack Query', async () => {
    // TanStack Query's defaults in browsers.
    cache.setDefaultOptions({ queries: { retry: 3, retryDelay: 1 } });
    const observer = new QueryObserver(
      cache,
      queries.dashboards.get.queryOptions({ id: absentId }),
    );
    const { error } = await settled(observer);
    expect(error).toBeInstanceOf(SynapError);
    expect(error?.code).toBe('not_found');
    expect(sent('dashboards.get')).toBe(1);
  });

  test('is retried by TanStack Query if the options say so', async () => {
    const options = queries.dashboards.get.queryOptions(
      { id: absentId },
      { retry: 1, retryDelay: 1 },
    );
    expect(await failureOf(cache.fetchQuery(options))).toMatchObject({ code: 'not_found' });
    expect(sent('dashboards.get')).toBe(2);
  });

  test('aborts its request when it is no longer observed', async () => {
    const arrived = deferred();
    const closed = deferred();
    server.control.intercept = onPath('modules.list', (_req: IncomingMessage, res) => {
      void once(res, 'close').then(closed.resolve);
      arrived.resolve();
      return true;
    });
    const stop = new QueryObserver(cache, queries.modules.list.queryOptions({})).subscribe(
      () => undefined,
    );
    await arrived.promise;
    stop();
    await closed.promise;
    await expect
      .poll(() => cache.getQueryState(queries.modules.list.queryKey({}))?.fetchStatus)
      .toBe('idle');
    expect(cache.getQueryState(queries.modules.list.queryKey({}))?.error).toBeNull();
  });

  test('with skipToken as its input is disabled', async () => {
    const observer = new QueryObserver(cache, queries.dashboards.get.queryOptions(skipToken));
    const stop = observer.subscribe(() => undefined);
    expect(observer.getCurrentResult()).toMatchObject({ status: 'pending', fetchStatus: 'idle' });
    stop();
    expect(sent('dashboards.get')).toBe(0);
  });

  test('takes the options of TanStack Query, but not its key', async () => {
    const options = {
      select: (me: { name: string }) => me.name,
      staleTime: 5_000,
      queryKey: ['mine'],
    };
    const observer = new QueryObserver(
      cache,
      queries.users.me.get.queryOptions(undefined, options),
    );
    expect((await settled(observer)).data).toBe('Ada');
    expect(cache.getQueryData(['mine'])).toBeUndefined();
  });
});

describe('a list', () => {
  test('is read page by page to the end', async () => {
    const ids = await createDashboards(5);
    const observer = new InfiniteQueryObserver(
      cache,
      queries.dashboards.list.infiniteQueryOptions({ size: 2 }),
    );
    const stop = observer.subscribe(() => undefined);
    await expect.poll(() => observer.getCurrentResult().status).toBe('success');
    while (observer.getCurrentResult().hasNextPage) await observer.fetchNextPage();
    stop();
    const { data } = observer.getCurrentResult();
    expect(data?.pages.map(({ items }) => items.length)).toEqual([2, 2, 1]);
    expect(data?.pages.flatMap(({ items }) => items.map(({ id }) => id))).toEqual(ids);
    expect(data?.pageParams).toEqual([null, '2', '4']);
  });

  test('may begin at a cursor', async () => {
    await createDashboards(3);
    const options = queries.dashboards.list.infiniteQueryOptions(
      { size: 2 },
      { initialPageParam: '2' },
    );
    const { pages } = await cache.fetchInfiniteQuery(options);
    expect(pages.map(({ items }) => items.map(({ name }) => name))).toEqual([['D2']]);
  });

  test('read by pages has another key than the same list read once', async () => {
    await createDashboards(3);
    await cache.fetchInfiniteQuery(queries.dashboards.list.infiniteQueryOptions({ size: 2 }));
    expect(cache.getQueryData(queries.dashboards.list.queryKey({ size: 2 }))).toBeUndefined();
    expect(
      cache.getQueryData(queries.dashboards.list.infiniteQueryKey({ size: 2 }))?.pages,
    ).toHaveLength(1);
  });
});

describe('a mutation', () => {
  test('is sent, and its listeners get the result', async () => {
    const seen: string[] = [];
    const options = queries.dashboards.create.mutationOptions({
      onSuccess: ({ name }, input) => void seen.push(name, input.name),
    });
    await new MutationObserver(cache, options).mutate({ name: 'Mine' });
    expect(seen).toEqual(['Mine', 'Mine']);
    expect(options.mutationKey).toEqual(queries.dashboards.create.mutationKey());
  });

  test('rejects with the typed error, and is not repeated', async () => {
    server.control.intercept = onPath('dashboards.save', (_req, res) =>
      sendProblem(res, 503, 'unavailable'),
    );
    const observer = new MutationObserver(cache, queries.dashboards.save.mutationOptions());
    const error = await failureOf(
      observer.mutate({ id: absentId, name: 'Mine', widgets: [], version: 1 }),
    );
    expect(error).toMatchObject({ name: 'SynapError', code: 'unavailable' });
    expect(sent('dashboards.save')).toBe(1);
  });
});

describe('keys', () => {
  test('of a router are prefixes of all keys below, those of a procedure of all its inputs', async () => {
    const [id = ''] = await createDashboards(1);
    await cache.fetchQuery(queries.dashboards.get.queryOptions({ id }));
    await cache.fetchQuery(queries.dashboards.list.queryOptions({}));
    await cache.fetchInfiniteQuery(queries.dashboards.list.infiniteQueryOptions({}));
    await cache.fetchQuery(queries.users.me.get.queryOptions());
    const under = (queryKey: readonly unknown[]) =>
      cache.getQueryCache().findAll({ queryKey }).length;
    expect(under(queries.pathKey())).toBe(4);
    expect(under(queries.dashboards.pathKey())).toBe(3);
    expect(under(queries.dashboards.list.pathKey())).toBe(2);
    expect(under(queries.dashboards.list.queryKey())).toBe(1);
    expect(under(queries.dashboards.list.infiniteQueryKey())).toBe(1);
    expect(under(queries.users.me.pathKey())).toBe(1);
  });

  test('tell servers apart by their prefix', () => {
    const others = createSynapQueries(client, { keyPrefix: 'other' });
    expect(others.users.me.get.queryKey()).not.toEqual(queries.users.me.get.queryKey());
  });
});

test('a misspelt function lists the valid ones', () => {
  expect(() => Reflect.apply(Reflect.get(queries.users.me.get, 'useQuery'), undefined, [])).toThrow(
    /users\.me\.get\.useQuery.*queryOptions/,
  );
});

/** Resolves to the first result that is not pending. */
function settled<Answer, Data>(observer: QueryObserver<Answer, SynapError, Data>) {
  return new Promise<ReturnType<typeof observer.getCurrentResult>>((resolve) => {
    const stop = observer.subscribe((result) => {
      if (result.isPending) return;
      stop();
      resolve(result);
    });
  });
}
