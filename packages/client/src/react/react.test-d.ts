// Compiled, never run: every line marked as an error must stay one.
import {
  type InfiniteData,
  type QueryClient,
  skipToken,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useSuspenseQuery,
} from '@tanstack/react-query';
import { expectTypeOf } from 'vitest';
import { createClient, type RouterInputs, type RouterOutputs, type SynapError } from '../index.js';
import { createSynapQueries, type SynapQueries } from './index.js';

type Dashboard = RouterOutputs['dashboards']['get'];
type Dashboards = RouterOutputs['dashboards']['list'];

expectTypeOf<SynapQueries>().not.toBeAny();
const queries = createSynapQueries(createClient({ url: 'http://localhost:3000' }), {
  keyPrefix: 'mine',
});

export function useQueries(id: string | undefined, initial: Dashboard) {
  const { data, error } = useQuery(queries.dashboards.get.queryOptions({ id: initial.id }));
  expectTypeOf(data).toEqualTypeOf<Dashboard | undefined>();
  expectTypeOf(error).toEqualTypeOf<SynapError | null>();
  expectTypeOf(useSuspenseQuery(queries.users.me.get.queryOptions()).data).toEqualTypeOf<
    RouterOutputs['users']['me']['get']
  >();

  const named = queries.dashboards.get.queryOptions(
    { id: initial.id },
    { select: ({ name }) => name, staleTime: 1_000 },
  );
  expectTypeOf(useQuery(named).data).toEqualTypeOf<string | undefined>();
  expectTypeOf(useSuspenseQuery(named).data).toEqualTypeOf<string>();
  const begun = queries.dashboards.get.queryOptions({ id: initial.id }, { initialData: initial });
  expectTypeOf(useQuery(begun).data).toEqualTypeOf<Dashboard>();
  const skipped = queries.dashboards.get.queryOptions(id === undefined ? skipToken : { id });
  expectTypeOf(useQuery(skipped).data).toEqualTypeOf<Dashboard | undefined>();
  // @ts-expect-error suspense does not take skipToken
  useSuspenseQuery(skipped);

  const pages = useInfiniteQuery(queries.dashboards.list.infiniteQueryOptions({ size: 5 }));
  expectTypeOf(pages.data).toEqualTypeOf<InfiniteData<Dashboards, string | null> | undefined>();
  expectTypeOf(pages.error).toEqualTypeOf<SynapError | null>();
  const all = queries.dashboards.list.infiniteQueryOptions(
    {},
    { select: (data) => data.pages.flatMap(({ items }) => items) },
  );
  expectTypeOf(useInfiniteQuery(all).data).toEqualTypeOf<Dashboards['items'] | undefined>();

  // @ts-expect-error a missing parameter
  queries.dashboards.get.queryOptions({});
  // @ts-expect-error a parameter of the wrong type
  queries.dashboards.get.queryOptions({ id: 5 });
  // @ts-expect-error a misspelt procedure
  queries.dashboards.fetch.queryOptions({ id });
  // @ts-expect-error a query is not a mutation
  queries.dashboards.get.mutationOptions();
  // @ts-expect-error this query has no pages
  queries.dashboards.get.infiniteQueryOptions({ id });
  // @ts-expect-error the binding sets the cursor
  queries.dashboards.list.infiniteQueryOptions({ cursor: 'abc' });
  // @ts-expect-error the binding sets the key
  queries.users.me.get.queryOptions(undefined, { queryKey: ['mine'] });
}

export function useMutations(cache: QueryClient) {
  const create = useMutation(
    queries.dashboards.create.mutationOptions({
      onMutate: () => ({ before: 1 }),
      onError(error, input, result) {
        expectTypeOf(error).toEqualTypeOf<SynapError>();
        expectTypeOf(input).toEqualTypeOf<RouterInputs['dashboards']['create']>();
        expectTypeOf(result).toEqualTypeOf<{ before: number } | undefined>();
      },
    }),
  );
  create.mutate({ name: 'Mine' });
  // @ts-expect-error a misspelt parameter
  create.mutate({ name: 'Mine', widget: [] });
  expectTypeOf(create.data).toEqualTypeOf<Dashboard | undefined>();
  useMutation(queries.auth.logout.mutationOptions()).mutate();
  // @ts-expect-error a mutation is not a query
  queries.dashboards.create.queryOptions({ name: 'Mine' });
  return cache;
}

export function caches(cache: QueryClient) {
  expectTypeOf(cache.getQueryData(queries.dashboards.get.queryKey({ id: 'a' }))).toEqualTypeOf<
    Dashboard | undefined
  >();
  expectTypeOf(
    cache.fetchQuery(queries.dashboards.get.queryOptions({ id: 'a' })),
  ).resolves.toEqualTypeOf<Dashboard>();
  const pages = cache.getQueryData(queries.dashboards.list.infiniteQueryKey());
  expectTypeOf(pages).toEqualTypeOf<InfiniteData<Dashboards, string | null> | undefined>();
  void cache.invalidateQueries({ queryKey: queries.dashboards.pathKey() });
  // @ts-expect-error the data of another procedure
  cache.setQueryData(queries.dashboards.get.queryKey({ id: 'a' }), { name: 'Mine' });
}
