import { createDatabase, type Database } from '@synap/db';
import { createTestDatabase, type TestDatabase } from '@synap/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRepositories, createTransaction, type Transaction } from './repositories.js';
import { repositoryFactories } from './repository-factories.js';

let testDatabase: TestDatabase;
let database: Database;
let transaction: Transaction;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase({ url: testDatabase.url });
  transaction = createTransaction(database);
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

test('a transaction that uses one repository creates one, once', async () => {
  await transaction(async (tx) => {
    expect(Object.getOwnPropertyNames(tx)).toEqual([]);
    expect(await tx.users.superuserExists()).toBe(false);
    const { users } = tx;
    expect(users).toBe(tx.users);
    expect(Object.getOwnPropertyNames(tx)).toEqual(['users']);
  });
});

test('each transaction has its own repositories', async () => {
  const seen = [
    await transaction(async (tx) => tx.users),
    await transaction(async (tx) => tx.users),
  ];
  expect(seen[0]).not.toBe(seen[1]);
});

test('outside of transactions all repositories exist and can be copied', () => {
  const copy = { ...createRepositories(database.db, database.sql) };
  expect(Object.keys(copy)).toEqual(Object.keys(repositoryFactories));
});
