import type { Prisma } from '../generated/client.js';

/** The client that repositories use: the pooled client or one bound to a transaction. */
export interface Db extends Prisma.TransactionClient {}
