import pg from 'pg';
import { connectionOf } from './connection.js';

async function connect(url: string, milliseconds: number): Promise<pg.Client> {
  const client = new pg.Client({
    ...connectionOf(url),
    application_name: 'synap check',
    connectionTimeoutMillis: milliseconds,
    query_timeout: milliseconds,
  });
  // An error while it is idle is reported by its next query.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function serverProcess(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}

/**
 * Rounds of one query each on both connections; others who use the pooler can hide it in some of
 * them.
 */
const rounds = 20;

/**
 * True if a server process serves two connections that are open at the same time, or a connection
 * is served by several processes: then a pooler hands them out by the transaction. A pooler under
 * heavy load may hide it, so false is no proof.
 */
export async function isTransactionPooler(url: string, milliseconds = 5_000): Promise<boolean> {
  const clients: pg.Client[] = [];
  try {
    const first = await connect(url, milliseconds);
    clients.push(first);
    const process = await serverProcess(first);
    // PostgreSQL itself names its process when a client connects.
    if (Reflect.get(first, 'processID') === process) return false;
    const second = await connect(url, milliseconds);
    clients.push(second);
    const other = await serverProcess(second);
    if (other === process) return true;
    for (let round = 0; round < rounds; round += 1)
      if ((await serverProcess(first)) !== process || (await serverProcess(second)) !== other)
        return true;
    return false;
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
  }
}
