import { type QueryKey, skipToken } from '@tanstack/react-query';
import { getUntypedClient } from '@trpc/client';
import {
  type AnyTRPCMutationProcedure,
  type AnyTRPCProcedure,
  type AnyTRPCQueryProcedure,
  createTRPCRecursiveProxy,
  type inferProcedureInput,
  type inferTransformedProcedureOutput,
} from '@trpc/server';
import type { AppRouter, SynapClient } from '../index.js';
import type { InfiniteQueryFactory, MutationFactory, PathKey, QueryFactory } from './factories.js';
import type { WithWidgets } from './widgets.js';

type Output<Procedure extends AnyTRPCProcedure> = inferTransformedProcedureOutput<
  AppRouter,
  Procedure
>;

type FactoryOf<Input, Result> = 'cursor' extends keyof Extract<Input, object>
  ? Result extends { nextCursor: string | null }
    ? InfiniteQueryFactory<Input, Result>
    : QueryFactory<Input, Result>
  : QueryFactory<Input, Result>;

type FactoriesOf<Routes> = PathKey & {
  readonly [Name in keyof Routes]: Routes[Name] extends AnyTRPCQueryProcedure
    ? FactoryOf<inferProcedureInput<Routes[Name]>, Output<Routes[Name]>>
    : Routes[Name] extends AnyTRPCMutationProcedure
      ? MutationFactory<inferProcedureInput<Routes[Name]>, Output<Routes[Name]>>
      : Routes[Name] extends AnyTRPCProcedure
        ? PathKey
        : FactoriesOf<Routes[Name]>;
};

/** TanStack Query's options for every procedure: `queries.dashboards.get.queryOptions({ id })`. */
export type SynapQueries = WithWidgets<FactoriesOf<AppRouter['_def']['record']>>;

/** Options of `createSynapQueries`. */
export interface SynapQueriesOptions {
  /**
   * First part of every key. Set it if several servers share a `QueryClient`.
   * @default 'synap'
   */
  keyPrefix?: string;
}

/**
 * Creates option factories for TanStack Query from a client. Errors are `SynapError`; an unobserved
 * query is aborted. `retry` is off by default because the client itself retries.
 *
 * @example
 * ```ts
 * const queries = createSynapQueries(client);
 * const { data, error } = useQuery(queries.dashboards.get.queryOptions({ id }));
 * ```
 * @throws TypeError if a property is called that is not a factory
 */
export function createSynapQueries(
  client: SynapClient,
  { keyPrefix = 'synap' }: SynapQueriesOptions = {},
): SynapQueries {
  const calls = getUntypedClient(client);
  const pathKey = (path: readonly string[]): QueryKey => [keyPrefix, ...path];
  const keyOf = (path: readonly string[], type: 'query' | 'infinite', input: unknown): QueryKey => [
    ...pathKey(path),
    input === undefined || input === skipToken ? { type } : { type, input },
  ];

  const factories: Record<string, Factory> = {
    pathKey,
    mutationKey: pathKey,
    queryKey: (path, input) => keyOf(path, 'query', input),
    infiniteQueryKey: (path, input) => keyOf(path, 'infinite', input),
    queryOptions: (path, input, options) => ({
      retry: false,
      ...record(options),
      queryKey: keyOf(path, 'query', input),
      queryFn:
        input === skipToken
          ? skipToken
          : ({ signal }: QueryContext) => calls.query(path.join('.'), input, { signal }),
    }),
    infiniteQueryOptions: (path, input, options) => ({
      retry: false,
      initialPageParam: null,
      ...record(options),
      getNextPageParam: ({ nextCursor }: { nextCursor: string | null }) => nextCursor,
      queryKey: keyOf(path, 'infinite', input),
      queryFn:
        input === skipToken
          ? skipToken
          : ({ signal, pageParam }: QueryContext) =>
              calls.query(
                path.join('.'),
                pageParam ? { ...record(input), cursor: pageParam } : input,
                { signal },
              ),
    }),
    mutationOptions: (path, options) => ({
      ...record(options),
      mutationKey: pathKey(path),
      mutationFn: (input: unknown) => calls.mutation(path.join('.'), input),
    }),
  };

  return createTRPCRecursiveProxy<SynapQueries>(({ path, args }) => {
    const name = path.at(-1) ?? '';
    const factory = Object.hasOwn(factories, name) ? factories[name] : undefined;
    if (!factory)
      throw new TypeError(
        `\`${path.join('.')}\` is not a function: use one of ${Object.keys(factories).join(', ')}.`,
      );
    return factory(path.slice(0, -1), ...args);
  });
}

type Factory = (path: readonly string[], ...args: readonly unknown[]) => unknown;

/** The context that TanStack Query passes to a query function. */
interface QueryContext {
  signal: AbortSignal;
  pageParam?: string | null;
}

const record = (value: unknown): object =>
  typeof value === 'object' && value !== null ? value : {};
