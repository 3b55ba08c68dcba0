import { createTestDatabase, type TestDatabase } from '@synap/testing';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseEnvironment } from '../config/env.js';
import type { DatabaseBootstrap } from '../startup/database-bootstrap.js';
import { createBootstrap } from './bootstrap.js';
import { type CloseStack, createCloseStack } from './close-stack.js';
import { type OpenDatabase, openDatabase } from './database.js';

const log = pino({ level: 'silent' });
const print = () => undefined;
let testDatabase: TestDatabase;
let stack: CloseStack;
let database: OpenDatabase;
let events: string[];
/** Called at each event; can stop the bootstrap or fail. */
let onEvent: (event: string) => void;
let bootstrap: DatabaseBootstrap;

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  stack = createCloseStack(log);
  const environment = parseEnvironment({ DATABASE_URL: testDatabase.url });
  const context = { environment, log, print };
  database = await openDatabase(context, { metrics: { observeBatch: () => undefined } }, stack);
  events = [];
  onEvent = () => undefined;
  const record = (event: string) => {
    events.push(event);
    onEvent(event);
  };
  bootstrap = createBootstrap(context, {
    database,
    core: {
      async ensureSuperuser() {
        record('superuser');
        return null;
      },
    },
    modules: { settled: async () => record('modules') },
    background: { start: () => record('background') },
  });
  stack.add(bootstrap.close);
});
afterEach(async () => {
  await stack.close();
  await testDatabase.drop();
});

it('repeats what follows a ready database if it fails', async () => {
  onEvent = () => {
    onEvent = () => undefined;
    throw new Error('stuck');
  };
  await bootstrap.start();
  expect(events).toEqual(['superuser', 'superuser', 'modules', 'background']);
});

it('starts no background jobs if it is stopped while modules start', async () => {
  onEvent = (event) => event === 'modules' && bootstrap.stop();
  void bootstrap.start();
  await expect.poll(() => events, { timeout: 15_000 }).toEqual(['superuser', 'modules']);
  await bootstrap.close();
  expect(events).toEqual(['superuser', 'modules']);
});

it('calls nothing if it is stopped while the database is prepared', async () => {
  const { setPrepared } = database.readiness;
  database.readiness.setPrepared = () => {
    setPrepared();
    bootstrap.stop();
  };
  void bootstrap.start();
  await expect.poll(database.readiness.isPrepared, { timeout: 15_000 }).toBe(true);
  await bootstrap.close();
  expect(events).toEqual([]);
});
