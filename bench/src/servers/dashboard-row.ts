import pg from 'pg';
import { z } from 'zod';

/** As many connections as the server has. */
export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });

/** The dashboard as the peers declare it. */
export const dashboardSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  version: z.number().int(),
  createdAt: z.date(),
  updatedAt: z.date(),
  widgets: z.array(
    z.object({
      id: z.uuid(),
      moduleId: z.string(),
      widgetId: z.string(),
      params: z.record(z.string(), z.unknown()),
      x: z.number().int(),
      y: z.number().int(),
      w: z.number().int(),
      h: z.number().int(),
    }),
  ),
});
export type Dashboard = z.output<typeof dashboardSchema>;

export const idSchema = z.object({ id: z.uuid() });

export const findOwned = {
  name: 'dashboard',
  text: `
    SELECT d.id, d.name, d.version, d.created_at AS "createdAt", d.updated_at AS "updatedAt",
      coalesce((
        SELECT json_agg(json_build_object('id', w.id, 'moduleId', w.module_id, 'widgetId', w.widget_id, 'params', w.params,
          'x', w.x, 'y', w.y, 'w', w.w, 'h', w.h) ORDER BY w.position)
        FROM widget_placements w WHERE w.dashboard_id = d.id), '[]') AS widgets
    FROM dashboards d WHERE d.id = $1 AND d.owner_id = $2`,
};

/** Reads a dashboard with one prepared statement. Throws if it does not exist. */
export async function getDashboard(id: string, ownerId: string): Promise<Dashboard> {
  const { rows } = await pool.query<Dashboard>({ ...findOwned, values: [id, ownerId] });
  const [found] = rows;
  if (!found) throw new Error('Dashboard not found');
  return found;
}
