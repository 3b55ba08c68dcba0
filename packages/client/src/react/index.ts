export type { InfiniteQueryFactory, MutationFactory, PathKey, QueryFactory } from './factories.js';
export { createSynapQueries, type SynapQueries, type SynapQueriesOptions } from './queries.js';
export type { WidgetDataFactory } from './widgets.js';
