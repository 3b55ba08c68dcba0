import pg from 'pg';
import { connectionOf } from '../client/connection.js';
import { prepareSession } from '../client/session.js';

/**
 * Advisory lock that is taken before the engine's own one (72707369), on a separate connection. The
 * engine gives up after ten seconds; this lock waits until the other deployment ends.
 */
const deployLock = 72_707_370;

/** No time-outs, because a migration may take any time. */
export const unlimited = {
  statement_timeout: 0,
  lock_timeout: 0,
  idle_in_transaction_session_timeout: 0,
};

/**
 * Time limit for connecting in milliseconds. Detects a suspended server or a network that drops
 * packets.
 */
const connectTimeoutMs = 10_000;

/** Waits until no other Synap process migrates this database. `end()` releases the lock. */
export async function acquireMigrationLock(
  url: string,
  log: (message: string) => void,
  timeoutMs = connectTimeoutMs,
): Promise<pg.Client> {
  const client = new pg.Client({
    ...connectionOf(url),
    application_name: 'synap migrations',
    keepAlive: true,
    connectionTimeoutMillis: timeoutMs,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await prepareSession(client, { url, settings: unlimited }, timeoutMs);
    const { rows } = await client.query<{ locked: boolean }>(
      'SELECT pg_try_advisory_lock($1) AS locked',
      [deployLock],
    );
    if (!rows[0]?.locked) {
      log('Another process is migrating this database; waiting …');
      await client.query('SELECT pg_advisory_lock($1)', [deployLock]);
    }
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}
