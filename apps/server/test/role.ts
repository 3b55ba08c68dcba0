import { createPool } from '@synap/db';
import type { SuperuserCluster } from '@synap/db/testing';

type Server = Pick<SuperuserCluster, 'url'>;

/** Runs statements one by one as the superuser. */
export async function asSuperuser(
  { url }: Server,
  ...statements: string[]
): Promise<Record<string, unknown>[]> {
  const pool = createPool({ url, size: 1 });
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements)
      rows = (await pool.query<Record<string, unknown>>(statement)).rows;
    return rows;
  } finally {
    await pool.end();
  }
}

/** Creates an ordinary role with a database that it does not own. Returns its address. */
export async function makeRole(
  cluster: Server,
  name: string,
  settings: Record<string, string> = {},
): Promise<string> {
  await asSuperuser(
    cluster,
    `CREATE ROLE ${name} LOGIN PASSWORD 'word-of-${name}'`,
    `CREATE DATABASE ${name}`,
    ...Object.entries(settings).map(
      ([setting, value]) => `ALTER ROLE ${name} SET ${setting} = ${value}`,
    ),
  );
  return Object.assign(new URL(cluster.url), {
    username: name,
    password: `word-of-${name}`,
    pathname: `/${name}`,
  }).href;
}

/** Returns the superuser's address of another database. */
export function inDatabase({ url }: Server, name: string): Server {
  return { url: Object.assign(new URL(url), { pathname: `/${name}` }).href };
}
