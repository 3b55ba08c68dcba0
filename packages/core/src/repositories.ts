import { type Database, type Db, type Sql, sqlWithin, type TransactionOptions } from '@synap/db';
import { createAll } from './create-all.js';
import { repositoryFactories } from './repository-factories.js';

type Factories = typeof repositoryFactories;
export type Repositories = { readonly [K in keyof Factories]: ReturnType<Factories[K]> };

/** Creates all repositories on one connection pool. */
export const createRepositories = (db: Db, sql: Sql): Repositories =>
  createAll(repositoryFactories, db, sql);

/** Runs a function in a transaction, with repositories bound to it. */
export type Transaction = <T>(
  run: (tx: Repositories) => Promise<T>,
  options?: Pick<TransactionOptions, 'milliseconds'>,
) => Promise<T>;

export function createTransaction(database: Pick<Database, 'transaction'>): Transaction {
  return (run, options) =>
    database.transaction((db) => run(createLazyRepositories(db, sqlWithin(db))), options);
}

const connection = Symbol('connection');

interface Bound {
  [connection]: { db: Db; sql: Sql };
}

/** One getter per repository, shared by all transactions: it creates and stores the repository. */
const lazyPrototype = Object.defineProperties(
  {},
  Object.fromEntries(
    Object.entries(repositoryFactories).map(([name, create]) => [name, lazy(name, create)]),
  ),
);

function lazy(name: string, create: (db: Db, sql: Sql) => object): PropertyDescriptor {
  return {
    get(this: Bound) {
      const { db, sql } = this[connection];
      const value = create(db, sql);
      Object.defineProperty(this, name, { value });
      return value;
    },
  };
}

/**
 * Creates each repository at its first use. Destructure the result, but do not spread it: a copy
 * has none of them.
 */
function createLazyRepositories(db: Db, sql: Sql): Repositories {
  return Object.create(lazyPrototype, { [connection]: { value: { db, sql } } });
}
