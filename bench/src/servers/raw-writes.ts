import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type pg from 'pg';
import { type Dashboard, findOwned, pool } from './dashboard-row.js';

/** The server runs the same statements: it locks the user, checks the quota and returns the row. */
const statements = {
  lockUser: 'SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE',
  lockOwned: 'SELECT version, bytes FROM dashboards WHERE id = $1 AND owner_id = $2 FOR UPDATE',
  usage: `
    SELECT count(*)::int AS dashboards, coalesce(sum(bytes), 0)::float8 AS bytes
    FROM dashboards WHERE owner_id = $1`,
  insert: `
    INSERT INTO dashboards (id, owner_id, name, bytes, updated_at) VALUES ($1, $2, $3, $4, now())`,
  update: `
    UPDATE dashboards SET name = $2, bytes = $3, version = version + 1, updated_at = now()
    WHERE id = $1`,
  clear: 'DELETE FROM widget_placements WHERE dashboard_id = $1',
  place: `
    INSERT INTO widget_placements (dashboard_id, id, position, module_id, widget_id, params, x, y, w, h)
    SELECT $1, gen_random_uuid(), position, value->>'moduleId', value->>'widgetId', value->'params',
      (value->>'x')::int, (value->>'y')::int, (value->>'w')::int, (value->>'h')::int
    FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS _ (value, position)`,
};

interface Content {
  name: string;
  widgets: unknown[];
  version?: number;
}

export async function readJson(req: IncomingMessage): Promise<Content> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

type Query = <Row extends pg.QueryResultRow>(
  name: keyof typeof statements,
  values: unknown[],
) => Promise<Row[]>;

async function inTransaction<T>(run: (query: Query, client: pg.PoolClient) => Promise<T>) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await run(async (name, values) => {
      const { rows } = await client.query({ name, text: statements[name], values });
      return rows;
    }, client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

async function assertQuota(query: Query, userId: string): Promise<void> {
  const [usage] = await query<{ dashboards: number; bytes: number }>('usage', [userId]);
  if (!usage || usage.dashboards >= 500 || usage.bytes >= 20_000_000)
    throw new Error('The quota is exceeded');
}

async function read(client: pg.PoolClient, id: string, userId: string) {
  const { rows } = await client.query<Dashboard>({ ...findOwned, values: [id, userId] });
  return rows[0];
}

export function createDashboard(userId: string, { name, widgets }: Content) {
  const id = randomUUID();
  const json = JSON.stringify(widgets);
  return inTransaction(async (query, client) => {
    await query('lockUser', [userId]);
    await assertQuota(query, userId);
    await query('insert', [id, userId, name, json.length]);
    await query('place', [id, json]);
    return read(client, id, userId);
  });
}

export function saveDashboard(userId: string, id: string, { name, widgets, version }: Content) {
  const json = JSON.stringify(widgets);
  return inTransaction(async (query, client) => {
    await query('lockUser', [userId]);
    const [current] = await query<{ version: number; bytes: number }>('lockOwned', [id, userId]);
    if (current?.version !== version) throw new Error('The version is stale');
    if (current && json.length > current.bytes) await assertQuota(query, userId);
    await query('update', [id, name, json.length]);
    await query('clear', [id]);
    await query('place', [id, json]);
    return read(client, id, userId);
  });
}
