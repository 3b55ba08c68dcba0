import pg from 'pg';

/**
 * The engine guards a deployment with an advisory lock of its own (72707369), but gives up on it after ten seconds. Ours is
 * taken before, on a connection of its own, and waits as long as the other deployment takes.
 */
const deployLock = 72_707_370;

/** Waits until no other process of ours applies migrations to this database. `end()` lets the next one in. */
export async function takeTurn(url: string, log: (message: string) => void): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'synap migrations',
    options: '-c statement_timeout=0 -c lock_timeout=0',
    keepAlive: true,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [deployLock]);
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
