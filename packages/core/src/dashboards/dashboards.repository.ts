import type {
  Dashboard,
  DashboardSummary,
  PageInput,
  PlaceWidget,
  WidgetPlacement,
} from '@synap/contracts';
import { batchStatement, type Db, type Sql, type Statement } from '@synap/db';
import { cursorId } from '../paging.js';

/** Stored content of a dashboard; every widget has an id. */
export interface DashboardContent {
  name: string;
  widgets: (PlaceWidget & { id: string })[];
}

/** The highest id, for the first page of a list. */
const highestId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Lists a page of dashboards, newest first. */
const listOwned = batchStatement({
  name: 'dashboards_list_owned',
  key: { owner_id: 'uuid', highest: 'uuid', cursor: 'uuid', only_id: 'uuid', size: 'int' },
  text: (keys) => `
    SELECT k.n, p.*
    FROM ${keys}
    CROSS JOIN LATERAL (
      SELECT d.id, d.name, d.version, d.created_at, d.updated_at, (
          SELECT count(*)::int
          FROM widget_placements w
          WHERE w.dashboard_id = d.id) AS widget_count
      FROM dashboards d
      WHERE d.owner_id = k.owner_id AND d.id <= k.highest AND d.id IS DISTINCT FROM k.cursor
        AND d.id = coalesce(k.only_id, d.id)
      ORDER BY d.id DESC
      LIMIT k.size) p
    ORDER BY k.n, p.id DESC`,
  read: (row): DashboardSummary => ({
    id: row.text('id'),
    name: row.text('name'),
    version: row.number('version'),
    widgetCount: row.number('widget_count'),
    createdAt: row.date('created_at'),
    updatedAt: row.date('updated_at'),
  }),
});

/** Reads the dashboard and all widgets with one statement. */
const findOwned = batchStatement({
  name: 'dashboards_find_owned',
  key: { id: 'uuid', owner_id: 'uuid' },
  text: (keys) => `
    SELECT k.n, d.id::text, d.name, d.version, d.created_at, d.updated_at,
      coalesce((
        SELECT json_agg(
          json_build_object('id', w.id, 'moduleId', w.module_id, 'widgetId', w.widget_id,
            'params', w.params, 'x', w.x, 'y', w.y, 'w', w.w, 'h', w.h)
          ORDER BY w.position)
        FROM widget_placements w
        WHERE w.dashboard_id = d.id), '[]') AS widgets
    FROM ${keys}
    JOIN dashboards d ON d.id = k.id AND d.owner_id = k.owner_id`,
  read: (row): Dashboard => ({
    id: row.text('id'),
    name: row.text('name'),
    version: row.number('version'),
    widgets: row.composed<WidgetPlacement[]>('widgets'),
    createdAt: row.date('created_at'),
    updatedAt: row.date('updated_at'),
  }),
});

export type PlacedData = Pick<WidgetPlacement, 'moduleId' | 'widgetId'> & { params: unknown };

const listPlacements = batchStatement({
  name: 'dashboards_placed_on',
  key: { dashboard_id: 'uuid' },
  text: (keys) => `
    SELECT k.n, w.module_id, w.widget_id, w.params
    FROM ${keys}
    JOIN widget_placements w ON w.dashboard_id = k.dashboard_id`,
  read: (row): PlacedData => ({
    moduleId: row.text('module_id'),
    widgetId: row.text('widget_id'),
    params: row.json('params'),
  }),
});

export type PlacedWidget = Pick<WidgetPlacement, 'id' | 'moduleId' | 'widgetId' | 'params'>;
export interface LockedDashboard {
  version: number;
  bytes: number;
  widgets: PlacedWidget[];
}

const lockOwned: Statement<LockedDashboard> = {
  name: 'dashboards_lock_owned',
  text: `
    SELECT d.version, d.bytes, coalesce((
        SELECT json_agg(
          json_build_object('id', w.id, 'moduleId', w.module_id, 'widgetId', w.widget_id,
            'params', w.params))
        FROM widget_placements w
        WHERE w.dashboard_id = d.id), '[]') AS widgets
    FROM dashboards d
    WHERE d.id = $1::uuid AND d.owner_id = $2::uuid
    FOR UPDATE`,
  read: (row) => ({
    version: row.number('version'),
    bytes: row.number('bytes'),
    widgets: row.composed<PlacedWidget[]>('widgets'),
  }),
};

const usageOf: Statement<{ dashboards: number; bytes: number }> = {
  name: 'dashboards_usage_of',
  text: `
    SELECT count(*)::int AS dashboards, coalesce(sum(bytes), 0)::float8 AS bytes
    FROM dashboards
    WHERE owner_id = $1::uuid`,
  read: (row) => ({ dashboards: row.number('dashboards'), bytes: row.number('bytes') }),
};

export type DashboardsRepository = ReturnType<typeof createDashboardsRepository>;

export function createDashboardsRepository(db: Db, sql: Sql) {
  const rowsOf = (dashboardId: string, widgets: DashboardContent['widgets']) =>
    widgets.map((widget, position) => ({ ...widget, dashboardId, position }));

  return {
    /**
     * Lists a user's dashboards, newest first.
     * @param only restricts the list to one dashboard; null lists all
     */
    async listOwnedBy(
      ownerId: string,
      { cursor, size }: PageInput,
      only: string | null = null,
    ): Promise<DashboardSummary[]> {
      const after = cursorId(cursor) ?? null;
      return sql.manyByKey(listOwned, {
        owner_id: ownerId,
        highest: after ?? highestId,
        cursor: after,
        only_id: only,
        size: size + 1,
      });
    },

    findOwned(ownerId: string, id: string): Promise<Dashboard | null> {
      return sql.oneByKey(findOwned, { id, owner_id: ownerId });
    },

    /** Transfers all dashboards of one user to another. */
    async transferOwnership(from: string, to: string): Promise<void> {
      await db.dashboard.updateMany({ where: { ownerId: from }, data: { ownerId: to } });
    },

    /** Lists the widgets placed on a dashboard. */
    listPlacements: (id: string): Promise<PlacedData[]> =>
      sql.manyByKey(listPlacements, { dashboard_id: id }),

    /** Locks the dashboard until the transaction ends. */
    lockOwned(ownerId: string, id: string): Promise<LockedDashboard | null> {
      return sql.one(lockOwned, [id, ownerId]);
    },

    /** Returns the usage that counts against a user's quota. */
    async usageOf(ownerId: string): Promise<{ dashboards: number; bytes: number }> {
      return (await sql.one(usageOf, [ownerId])) ?? { dashboards: 0, bytes: 0 };
    },

    /** Returns false if any user has this id; the transaction can continue. */
    async insert(
      ownerId: string,
      id: string,
      { name, widgets }: DashboardContent,
      bytes: number,
    ): Promise<boolean> {
      const { count } = await db.dashboard.createMany({
        data: [{ id, ownerId, name, bytes }],
        skipDuplicates: true,
      });
      if (count === 0) return false;
      await db.widgetPlacement.createMany({ data: rowsOf(id, widgets) });
      return true;
    },

    /** Replaces name and widgets and increments the version. */
    async replace(id: string, { name, widgets }: DashboardContent, bytes: number): Promise<void> {
      await db.dashboard.update({
        where: { id },
        data: { name, bytes, version: { increment: 1 } },
        select: { id: true },
      });
      await db.widgetPlacement.deleteMany({ where: { dashboardId: id } });
      await db.widgetPlacement.createMany({ data: rowsOf(id, widgets) });
    },

    async deleteOwned(ownerId: string, id: string): Promise<boolean> {
      const { count } = await db.dashboard.deleteMany({ where: { id, ownerId } });
      return count === 1;
    },
  };
}
