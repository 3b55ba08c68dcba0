import { expect, test } from 'vitest';
import { notableStatements, statementsOf } from './statements.js';

test('a semicolon separates nothing inside texts, names, comments and bodies of functions', () => {
  const sql = `-- one; two
    SELECT 'a;b''c;d', "e;f" /* g; h */;
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN x; END $$; CREATE FUNCTION g() AS $body$ y; $$; $body$;`;
  expect(statementsOf(sql)).toEqual([
    `SELECT 'a;b''c;d', "e;f"`,
    'CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN x; END $$',
    'CREATE FUNCTION g() AS $body$ y; $$; $body$',
  ]);
});

test.each([
  ['ALTER TABLE "users" ALTER COLUMN "name" SET DATA TYPE VARCHAR(10)', 'rewrites the table'],
  [
    'ALTER TABLE "users" ADD COLUMN "key" UUID NOT NULL DEFAULT gen_random_uuid()',
    'rewrites the table',
  ],
  ['ALTER TABLE "users" ADD COLUMN "key" TEXT', 'for a moment'],
  ['ALTER TABLE users DROP COLUMN name', 'removes data for good'],
  ['DROP TABLE "users"', 'removes data for good'],
  ['ALTER TABLE "users" ALTER COLUMN "name" SET NOT NULL', 'reads the whole table'],
  ['CREATE INDEX "a" ON "users"("name")', 'no writing'],
  ['UPDATE "users" SET "name" = $$;$$', 'changes rows'],
  ['ALTER TABLE "a" ADD CONSTRAINT "b" FOREIGN KEY ("c") REFERENCES "d"("e")', 'of either table'],
])('%s: %s', (sql, effect) => {
  expect(notableStatements(`${sql};`)).toMatchObject([{ effect: expect.stringContaining(effect) }]);
});

test.each([
  'CREATE TABLE "a" ("b" INT); CREATE INDEX "c" ON "a"("b"); ALTER TABLE "a" ADD CONSTRAINT "d" CHECK ("b" > 0); UPDATE "a" SET "b" = 1',
  'CREATE INDEX CONCURRENTLY "a" ON "users"("name")',
  `CREATE TYPE "a" AS ENUM ('DROP TABLE')`,
])('nothing is worth a line in %s', (sql) => {
  expect(notableStatements(sql)).toEqual([]);
});
