import type { ListUsers, ManagedUser, UpdateUser } from '@synap/contracts';
import type { Db, Prisma } from '@synap/db';
import { cursorId } from '../paging.js';

const managedSelect = {
  id: true,
  email: true,
  name: true,
  role: true,
  createdAt: true,
  updatedAt: true,
  disabledAt: true,
  verifiedAt: true,
  mustChangePassword: true,
} satisfies Prisma.UserSelect;

type ManagedRow = Prisma.UserGetPayload<{ select: typeof managedSelect }>;

const toManaged = ({ disabledAt, verifiedAt, ...row }: ManagedRow): ManagedUser => ({
  ...row,
  disabled: disabledAt !== null,
  verified: verifiedAt !== null,
});

/** Escapes the wildcards of LIKE. */
const escapeLike = (text: string) => text.replace(/[\\%_]/g, '\\$&');

/** Stores users as administrators see and change them. */
export function createManagedUsersRepository(db: Db) {
  return {
    async list({ cursor, size, q, role, disabled }: ListUsers): Promise<ManagedUser[]> {
      const before = cursorId(cursor);
      const part =
        q === undefined ? undefined : ({ contains: escapeLike(q), mode: 'insensitive' } as const);
      const rows = await db.user.findMany({
        where: {
          ...(before && { id: { lt: before } }),
          ...(part && { OR: [{ email: part }, { name: part }] }),
          ...(role && { role }),
          ...(disabled !== undefined && { disabledAt: disabled ? { not: null } : null }),
        },
        orderBy: { id: 'desc' },
        take: size + 1,
        select: managedSelect,
      });
      return rows.map(toManaged);
    },

    async find(id: string): Promise<ManagedUser | null> {
      const row = await db.user.findUnique({ where: { id }, select: managedSelect });
      return row && toManaged(row);
    },

    /** Locks a user until the transaction ends and reads the current row. */
    async lock(id: string): Promise<ManagedUser | null> {
      await db.$executeRaw`SELECT FROM users WHERE id = ${id}::uuid FOR UPDATE`;
      return this.find(id);
    },

    async update({
      id,
      email,
      name,
      role,
      disabled,
      verified,
      mustChangePassword,
    }: UpdateUser): Promise<ManagedUser> {
      const now = new Date();
      const data = {
        // A new address is unverified.
        ...(email !== undefined && { email, verifiedAt: null }),
        ...(mustChangePassword !== undefined && { mustChangePassword }),
        ...(name !== undefined && { name }),
        ...(role !== undefined && { role }),
        ...(disabled !== undefined && { disabledAt: disabled ? now : null }),
        ...(verified && { verifiedAt: now }),
      };
      return toManaged(await db.user.update({ where: { id }, data, select: managedSelect }));
    },

    /** Deletes a user with all their data. */
    async remove(id: string): Promise<void> {
      await db.user.delete({ where: { id }, select: { id: true } });
    },

    /**
     * Serialises changes of administrators, so that the last two superusers cannot be removed
     * concurrently. Take it before any row lock; otherwise two concurrent transfers could deadlock.
     */
    async lockAdministration(): Promise<void> {
      await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('synap: superusers', 0))`;
    },

    /** True if there is another active superuser. */
    async anotherSuperuserThan(id: string): Promise<boolean> {
      const where = { role: 'superuser', disabledAt: null, id: { not: id } } as const;
      return (await db.user.findFirst({ where, select: { id: true } })) !== null;
    },
  };
}
