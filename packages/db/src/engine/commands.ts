import pg from 'pg';
import { connectionOf } from '../client/connection.js';
import { sqlStateOf } from '../client/driver-errors.js';

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    ...connectionOf(url),
    connectionTimeoutMillis: 10_000,
    application_name: 'synap migrations',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function split(url: string): { name: string; maintenance: string } {
  const target = new URL(url);
  const name = decodeURIComponent(target.pathname.slice(1));
  target.pathname = '/postgres';
  return { name, maintenance: target.href };
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function createDatabase(url: string): Promise<void> {
  const { name, maintenance } = split(url);
  await withClient(maintenance, async (client) => {
    try {
      await client.query(`CREATE DATABASE ${quoted(name)}`);
    } catch (error) {
      if (sqlStateOf(error) !== '42P04') throw error; // Another process has created it.
    }
  });
}

async function dropDatabase(url: string): Promise<void> {
  const { name, maintenance } = split(url);
  await withClient(maintenance, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`);
  });
}

/**
 * Runs a subcommand of the engine. Rejects with the driver's error if the database cannot be
 * reached, created or dropped.
 */
export async function runCommand(command: string, url: string): Promise<void> {
  if (command === 'can-connect-to-database')
    await withClient(url, async (client) => void (await client.query('SELECT 1')));
  else if (command === 'create-database') await createDatabase(url);
  else if (command === 'drop-database') await dropDatabase(url);
  else throw new Error(`The schema engine does not know the command "${command}".`);
}
