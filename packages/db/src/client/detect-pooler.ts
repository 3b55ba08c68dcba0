import pg from 'pg';
import { connectionOf } from './connection.js';

async function connect(url: string, milliseconds: number): Promise<pg.Client> {
  const client = new pg.Client({
    ...connectionOf(url),
    application_name: 'synap check',
    connectionTimeoutMillis: milliseconds,
    query_timeout: milliseconds,
  });
  // Ignore errors of an idle connection; its next query reports them.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function serverProcess(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}

/**
 * Number of rounds, each with one query per connection. Other clients of the pooler can hide it in
 * some rounds.
 */
const rounds = 20;

/**
 * True if a transaction-mode pooler is detected. Then one server process serves two open
 * connections, or one connection is served by several processes. Returns false if a heavily loaded
 * pooler hides this.
 */
export async function isTransactionPooler(url: string, milliseconds = 5_000): Promise<boolean> {
  const clients: pg.Client[] = [];
  try {
    const first = await connect(url, milliseconds);
    clients.push(first);
    const process = await serverProcess(first);
    // PostgreSQL itself reports this process id on connecting; a pooler reports another one.
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
