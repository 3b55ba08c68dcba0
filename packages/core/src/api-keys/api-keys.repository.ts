import type { ApiKey, PageInput, Scope } from '@synap/contracts';
import type { Db, Prisma } from '@synap/db';
import { cursorId } from '../paging.js';

const keySelect = {
  id: true,
  name: true,
  scopes: true,
  dashboardId: true,
  expiresAt: true,
  lastUsedAt: true,
  createdAt: true,
} satisfies Prisma.ApiKeySelect;

export interface NewApiKey {
  id: string;
  userId: string;
  name: string;
  secretHash: Uint8Array<ArrayBuffer>;
  scopes: Scope[];
  dashboardId: string | null;
  expiresAt: Date | null;
}

export function createApiKeysRepository(db: Db) {
  return {
    listOwnedBy(userId: string, { cursor, size }: PageInput): Promise<ApiKey[]> {
      const before = cursorId(cursor);
      const where = { userId, ...(before && { id: { lt: before } }) };
      return db.apiKey.findMany({
        where,
        orderBy: { id: 'desc' },
        take: size + 1,
        select: keySelect,
      });
    },

    countOwnedBy: (userId: string): Promise<number> => db.apiKey.count({ where: { userId } }),

    insert: (key: NewApiKey): Promise<ApiKey> => db.apiKey.create({ data: key, select: keySelect }),

    /** Returns false if the user has no such key. */
    async deleteOwned(userId: string, id: string): Promise<boolean> {
      const { count } = await db.apiKey.deleteMany({ where: { id, userId } });
      return count === 1;
    },

    /**
     * Deletes all keys of a user.
     * @returns their ids; call `keyEnded` for each after the commit
     */
    async deleteAllOf(userId: string): Promise<string[]> {
      const rows = await db.$queryRaw<{ id: string }[]>`
        DELETE FROM api_keys
        WHERE user_id = ${userId}::uuid
        RETURNING id`;
      return rows.map(({ id }) => id);
    },

    /**
     * Deletes the keys that are bound to a dashboard.
     * @returns their ids; call `keyEnded` for each after the commit
     */
    async deleteBoundTo(dashboardId: string): Promise<string[]> {
      const rows = await db.$queryRaw<{ id: string }[]>`
        DELETE FROM api_keys
        WHERE dashboard_id = ${dashboardId}::uuid
        RETURNING id`;
      return rows.map(({ id }) => id);
    },

    /** Records that a key is in use, at most once a minute across all instances. */
    async touchLastUsed(id: string): Promise<void> {
      await db.$executeRaw`
        UPDATE api_keys SET last_used_at = clock_timestamp()
        WHERE id = ${id}::uuid
          AND (last_used_at IS NULL
            OR last_used_at < clock_timestamp() - interval '1 minute')`;
    },
  };
}
