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

type FactoryOf<Input, Answer> = 'cursor' extends keyof Extract<Input, object>
  ? Answer extends { nextCursor: string | null }
    ? InfiniteQueryFactory<Input, Answer>
    : QueryFactory<Input, Answer>
  : QueryFactory<Input, Answer>;

type FactoriesOf<Routes> = PathKey & {
  readonly [Name in keyof Routes]: Routes[Name] extends AnyTRPCQueryProcedure
    ? FactoryOf<inferProcedureInput<Routes[Name]>, Output<Routes[Name]>>
    : Routes[Name] extends AnyTRPCMutationProcedure
      ? MutationFactory<inferProcedureInput<Routes[Name]>, Output<Routes[Name]>>
      : Routes[Name] extends AnyTRPCProcedure
        ? PathKey
        : FactoriesOf<Routes[Name]>;
};

/**
 * Makes TanStack Query's options for every procedure: `queries.dashboards.get.queryOptions({ id
 * })`.
 */
export type SynapQueries = WithWidgets<FactoriesOf<AppRouter['_def']['record']>>;

export interface SynapQueriesOptions {
  /**
   * First part of every key; tells apart the servers that share a `QueryClient`. `synap` by
   * default.
   */
  keyPrefix?: string;
}

/**
 * Options factories for TanStack Query over a client. Errors are `SynapError`; a query that nobody
 * watches any more is aborted. The client itself tries again where that helps, so that TanStack
 * Query's own `retry` is off unless given.
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

  const makers: Record<string, Maker> = {
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
          : ({ signal }: Asked) => calls.query(path.join('.'), input, { signal }),
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
          : ({ signal, pageParam }: Asked) =>
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
    const maker = Object.hasOwn(makers, name) ? makers[name] : undefined;
    if (!maker)
      throw new TypeError(
        `\`${path.join('.')}\` is no function: there are ${Object.keys(makers).join(', ')}.`,
      );
    return maker(path.slice(0, -1), ...args);
  });
}

type Maker = (path: readonly string[], ...args: readonly unknown[]) => unknown;

/** What TanStack Query asks a query with. */
interface Asked {
  signal: AbortSignal;
  pageParam?: string | null;
}

const record = (value: unknown): object =>
  typeof value === 'object' && value !== null ? value : {};
