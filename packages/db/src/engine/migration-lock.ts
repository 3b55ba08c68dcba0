import pg from 'pg';
import { connectionOf } from '../client/connection.js';
import { prepareSession } from '../client/session.js';

/**
 * The engine guards a deployment with an advisory lock of its own (72707369), but gives up on it
 * after ten seconds. Ours is taken before, on a connection of its own, and waits as long as the
 * other deployment takes.
 */
const deployLock = 72_707_370;

/** A migration takes what it takes. */
export const unlimited = {
  statement_timeout: 0,
  lock_timeout: 0,
  idle_in_transaction_session_timeout: 0,
};

/**
 * Milliseconds for connecting: a suspended server, or a network that swallows packets, must be
 * told.
 */
const connectPatience = 10_000;

/**
 * Waits until no other process of ours applies migrations to this database. `end()` lets the next
 * one in.
 */
export async function acquireMigrationLock(
  url: string,
  log: (message: string) => void,
  patience = connectPatience,
): Promise<pg.Client> {
  const client = new pg.Client({
    ...connectionOf(url),
    application_name: 'synap migrations',
    keepAlive: true,
    connectionTimeoutMillis: patience,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await prepareSession(client, { url, settings: unlimited }, patience);
    const { rows } = await client.query<{ locked: boolean }>(
      'SELECT pg_try_advisory_lock($1) AS locked',
      [deployLock],
    );
    if (!rows[0]?.locked) {
      log('Another process migrates this database; waiting for it …');
      await client.query('SELECT pg_advisory_lock($1)', [deployLock]);
    }
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}
