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
 * On a router: what all below it begin with. On a procedure: what all its inputs begin with. For
 * `invalidateQueries` and other filters.
 */
export interface PathKey {
  pathKey(): QueryKey;
}

/** The cursor of a page; null for the first one. */
type PageParam = string | null;
type Pages<Page> = InfiniteData<Page, PageParam>;

/** Without what the factory itself says. */
export type Given<Options> = Omit<
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
 * The overloads are TanStack Query's own: with `initialData`, without, and with `skipToken` as the
 * input.
 */
interface MakeQueryOptions<Input, Output> {
  <Data = Output>(
    input: Input,
    options: Given<DefinedInitialDataOptions<Output, SynapError, Data>>,
  ): DefinedInitialDataOptions<Output, SynapError, Data> & Keyed<Output>;
  <Data = Output>(
    input: Input,
    options?: Given<UnusedSkipTokenOptions<Output, SynapError, Data>>,
  ): UnusedSkipTokenOptions<Output, SynapError, Data> & Keyed<Output>;
  <Data = Output>(
    input: Input | SkipToken,
    options?: Given<UndefinedInitialDataOptions<Output, SynapError, Data>>,
  ): UndefinedInitialDataOptions<Output, SynapError, Data> & Keyed<Output>;
}

interface MakeInfiniteQueryOptions<Input, Page> {
  <Data = Pages<Page>>(
    input: Input,
    options: Given<DefinedInitialDataInfiniteOptions<Page, SynapError, Data, QueryKey, PageParam>> &
      FirstPage,
  ): DefinedInitialDataInfiniteOptions<Page, SynapError, Data, QueryKey, PageParam> &
    Keyed<Pages<Page>>;
  <Data = Pages<Page>>(
    input: Input,
    options?: Given<UnusedSkipTokenInfiniteOptions<Page, SynapError, Data, QueryKey, PageParam>> &
      FirstPage,
  ): UnusedSkipTokenInfiniteOptions<Page, SynapError, Data, QueryKey, PageParam> &
    Keyed<Pages<Page>>;
  <Data = Pages<Page>>(
    input: Input | SkipToken,
    options?: Given<
      UndefinedInitialDataInfiniteOptions<Page, SynapError, Data, QueryKey, PageParam>
    > &
      FirstPage,
  ): UndefinedInitialDataInfiniteOptions<Page, SynapError, Data, QueryKey, PageParam> &
    Keyed<Pages<Page>>;
}

interface FirstPage {
  /** Cursor to begin at; the first page by default. */
  initialPageParam?: PageParam;
}

export interface QueryFactory<Input, Output> extends PathKey {
  /**
   * For `useQuery`, `useSuspenseQuery`, `fetchQuery` and the like. `skipToken` as the input keeps
   * it from being asked.
   */
  queryOptions: MakeQueryOptions<Input, Output>;
  /** The key of one input; without it, of all (`invalidateQueries`). */
  queryKey(input?: Input): DataTag<QueryKey, Output, SynapError>;
}

/** An input without its cursor, which the binding gives. One that may be left out still may. */
type WithoutCursor<Input> = Omit<Extract<Input, object>, 'cursor'> | Exclude<Input, object>;

/** A query that answers by pages. */
export interface InfiniteQueryFactory<Input, Page> extends QueryFactory<Input, Page> {
  /** For `useInfiniteQuery` and the like: follows `nextCursor` until there is none. */
  infiniteQueryOptions: MakeInfiniteQueryOptions<WithoutCursor<Input>, Page>;
  infiniteQueryKey(input?: WithoutCursor<Input>): DataTag<QueryKey, Pages<Page>, SynapError>;
}

export interface MutationFactory<Input, Output> extends PathKey {
  /** For `useMutation`. */
  mutationOptions<OnMutateResult = unknown>(
    options?: Omit<
      UseMutationOptions<Output, SynapError, Input, OnMutateResult>,
      'mutationKey' | 'mutationFn'
    >,
  ): UseMutationOptions<Output, SynapError, Input, OnMutateResult> & { mutationKey: QueryKey };
  mutationKey(): QueryKey;
}
