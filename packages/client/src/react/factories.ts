import type {
  DataTag,
  DefinedInitialDataInfiniteOptions,
  DefinedInitialDataOptions,
  InfiniteData,
  QueryKey,
  SkipToken,
  UndefinedInitialDataInfiniteOptions,
  UndefinedInitialDataOptions,
  UnusedSkipTokenInfiniteOptions,
  UnusedSkipTokenOptions,
  UseMutationOptions,
} from '@tanstack/react-query';
import type { SynapError } from '../index.js';

/**
 * Key prefix for `invalidateQueries` and other filters. On a router it matches all procedures
 * below; on a procedure, all its inputs.
 */
export interface PathKey {
  pathKey(): QueryKey;
}

/** Cursor of a page; null for the first one. */
type PageParam = string | null;
type Pages<Page> = InfiniteData<Page, PageParam>;

/** Options without those that the factory sets. */
export type FactoryOptions<Options> = Omit<
  Options,
  | 'queryKey'
  | 'queryFn'
  | 'queryHash'
  | 'queryKeyHashFn'
  | 'getNextPageParam'
  | 'getPreviousPageParam'
  | 'initialPageParam'
>;

export type Keyed<Data> = { queryKey: DataTag<QueryKey, Data, SynapError> };

/**
 * Has TanStack Query's own overloads: with `initialData`, without it, and with `skipToken` as the
 * input.
 */
interface MakeQueryOptions<Input, Output> {
  <Data = Output>(
    input: Input,
    options: FactoryOptions<DefinedInitialDataOptions<Output, SynapError, Data>>,
  ): DefinedInitialDataOptions<Output, SynapError, Data> & Keyed<Output>;
  <Data = Output>(
    input: Input,
    options?: FactoryOptions<UnusedSkipTokenOptions<Output, SynapError, Data>>,
  ): UnusedSkipTokenOptions<Output, SynapError, Data> & Keyed<Output>;
  <Data = Output>(
    input: Input | SkipToken,
    options?: FactoryOptions<UndefinedInitialDataOptions<Output, SynapError, Data>>,
  ): UndefinedInitialDataOptions<Output, SynapError, Data> & Keyed<Output>;
}

interface MakeInfiniteQueryOptions<Input, Page> {
  <Data = Pages<Page>>(
    input: Input,
    options: FactoryOptions<
      DefinedInitialDataInfiniteOptions<Page, SynapError, Data, QueryKey, PageParam>
    > &
      FirstPage,
  ): DefinedInitialDataInfiniteOptions<Page, SynapError, Data, QueryKey, PageParam> &
    Keyed<Pages<Page>>;
  <Data = Pages<Page>>(
    input: Input,
    options?: FactoryOptions<
      UnusedSkipTokenInfiniteOptions<Page, SynapError, Data, QueryKey, PageParam>
    > &
      FirstPage,
  ): UnusedSkipTokenInfiniteOptions<Page, SynapError, Data, QueryKey, PageParam> &
    Keyed<Pages<Page>>;
  <Data = Pages<Page>>(
    input: Input | SkipToken,
    options?: FactoryOptions<
      UndefinedInitialDataInfiniteOptions<Page, SynapError, Data, QueryKey, PageParam>
    > &
      FirstPage,
  ): UndefinedInitialDataInfiniteOptions<Page, SynapError, Data, QueryKey, PageParam> &
    Keyed<Pages<Page>>;
}

interface FirstPage {
  /**
   * Cursor to begin at.
   * @default null (the first page)
   */
  initialPageParam?: PageParam;
}

/**
 * Factories of a query.
 *
 * @example
 * ```ts
 * const { data } = useQuery(queries.dashboards.get.queryOptions({ id }));
 * ```
 */
export interface QueryFactory<Input, Output> extends PathKey {
  /**
   * Options for `useQuery`, `useSuspenseQuery`, `fetchQuery` and similar. With `skipToken` as the
   * input the query is disabled.
   */
  queryOptions: MakeQueryOptions<Input, Output>;
  /** Key of one input, or without it the key of all inputs (`invalidateQueries`). */
  queryKey(input?: Input): DataTag<QueryKey, Output, SynapError>;
}

/** An input without its cursor, which the binding sets. An optional input stays optional. */
type WithoutCursor<Input> = Omit<Extract<Input, object>, 'cursor'> | Exclude<Input, object>;

/**
 * Factories of a query that returns pages.
 *
 * @example
 * ```ts
 * const pages = useInfiniteQuery(queries.dashboards.list.infiniteQueryOptions({ size: 20 }));
 * ```
 */
export interface InfiniteQueryFactory<Input, Page> extends QueryFactory<Input, Page> {
  /** Options for `useInfiniteQuery` and similar: follows `nextCursor` until it is null. */
  infiniteQueryOptions: MakeInfiniteQueryOptions<WithoutCursor<Input>, Page>;
  /** Key of one input, or without it the key of all inputs. */
  infiniteQueryKey(input?: WithoutCursor<Input>): DataTag<QueryKey, Pages<Page>, SynapError>;
}

/**
 * Factories of a mutation.
 *
 * @example
 * ```ts
 * const save = useMutation(queries.dashboards.save.mutationOptions());
 * ```
 */
export interface MutationFactory<Input, Output> extends PathKey {
  /** Options for `useMutation`. */
  mutationOptions<OnMutateResult = unknown>(
    options?: Omit<
      UseMutationOptions<Output, SynapError, Input, OnMutateResult>,
      'mutationKey' | 'mutationFn'
    >,
  ): UseMutationOptions<Output, SynapError, Input, OnMutateResult> & { mutationKey: QueryKey };
  /** Key for `useIsMutating` and `setMutationDefaults`. */
  mutationKey(): QueryKey;
}
