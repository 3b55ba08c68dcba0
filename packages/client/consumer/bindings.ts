// Same flow as program.ts, through the bindings for TanStack Query.
import assert from 'node:assert/strict';
import { createClient, SynapError } from '@synap/client';
import { createSynapQueries } from '@synap/client/react';
import { MutationObserver, QueryClient, useQuery } from '@tanstack/react-query';

const { SYNAP_URL: url = '', SYNAP_EMAIL: email = '', SYNAP_PASSWORD: password = '' } = process.env;
const client = createClient({ url });
const queries = createSynapQueries(client);
const cache = new QueryClient();

/** Compiled only: typical use in a component. */
export const useDashboardName = (id: string): string | undefined => {
  const { data, error } = useQuery(
    queries.dashboards.get.queryOptions({ id }, { select: ({ name }) => name }),
  );
  return error?.code === 'not_found' ? 'gone' : data;
};

await client.$session.signIn({ email, password });
const create = new MutationObserver(cache, queries.dashboards.create.mutationOptions());
const { id } = await create.mutate({ name: 'From the bindings' });
const { name } = await cache.fetchQuery(queries.dashboards.get.queryOptions({ id }));
assert.equal(name, 'From the bindings');
assert.equal(cache.getQueryData(queries.dashboards.get.queryKey({ id }))?.name, name);

const { pages } = await cache.fetchInfiniteQuery(
  queries.dashboards.list.infiniteQueryOptions({ size: 1 }),
);
assert.equal(pages[0]?.items.length, 1);
await client.dashboards.remove.mutate({ id });
await assert.rejects(cache.fetchQuery(queries.dashboards.get.queryOptions({ id })), SynapError);
await client.$session.signOut();
cache.clear();
