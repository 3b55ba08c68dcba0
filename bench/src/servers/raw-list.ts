import { pool } from './dashboard-row.js';

const text = `
  SELECT d.id, d.name, d.version, d.created_at AS "createdAt", d.updated_at AS "updatedAt",
    (SELECT count(*)::int FROM widget_placements w WHERE w.dashboard_id = d.id) AS "widgetCount"
  FROM dashboards d
  WHERE d.owner_id = $1 AND d.id < $2
  ORDER BY d.id DESC
  LIMIT $3`;

interface Summary {
  id: string;
}

/** Lists a page of dashboards, newest first. */
export async function listDashboards(ownerId: string, query: URLSearchParams) {
  const size = Number(query.get('size'));
  const before = Buffer.from(query.get('cursor') ?? '', 'base64url').toString();
  const values = [ownerId, before, size + 1];
  const { rows } = await pool.query<Summary>({ name: 'list', text, values });
  const items = rows.slice(0, size);
  const last = items.at(-1)?.id;
  const hasNext = rows.length > size && last !== undefined;
  return { items, nextCursor: hasNext ? Buffer.from(last).toString('base64url') : null };
}
