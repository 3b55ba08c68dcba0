import type { ServiceContext } from './service-context.js';
import { createPurgeAbandoned } from './users/purge-abandoned.js';

/** Deletes expired data of one kind. */
export type Purge = () => Promise<void>;

/** Lists all purges, one line each. */
export const purgeFactories: readonly ((context: ServiceContext) => Purge)[] = [
  ({ mailTokens }) => mailTokens.purge,
  ({ sessions }) => sessions.purge,
  createPurgeAbandoned,
];
