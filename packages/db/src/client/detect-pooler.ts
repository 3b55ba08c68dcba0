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
 * True if two connections that are open at the same time are served by one server process: then a pooler hands it out by the
 * transaction. A pooler under load may serve them by two, so false is no proof.
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
    return (await serverProcess(second)) === process;
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
  }
}
