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

/** What LIKE would read as a pattern, taken as it stands. */
const literally = (text: string) => text.replace(/[\\%_]/g, '\\$&');

/** Users as administrators see and change them. */
export function createManagedUsersRepository(db: Db) {
  return {
    async list({ cursor, size, q, role, disabled }: ListUsers): Promise<ManagedUser[]> {
      const before = cursorId(cursor);
      const part =
        q === undefined ? undefined : ({ contains: literally(q), mode: 'insensitive' } as const);
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

    /** Reads one anew and keeps others from changing it until the transaction ends. */
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
        // Another address is nobody's yet.
        ...(email !== undefined && { email, verifiedAt: null }),
        ...(mustChangePassword !== undefined && { mustChangePassword }),
        ...(name !== undefined && { name }),
        ...(role !== undefined && { role }),
        ...(disabled !== undefined && { disabledAt: disabled ? now : null }),
        ...(verified && { verifiedAt: now }),
      };
      return toManaged(await db.user.update({ where: { id }, data, select: managedSelect }));
    },

    /** Removes one with all that is theirs. */
    async remove(id: string): Promise<void> {
      await db.user.delete({ where: { id }, select: { id: true } });
    },

    /**
     * Lets one transaction at a time decide who administers, so that the last two superusers cannot
     * go at once. To be taken before any row is locked: else two that hand over to each other would
     * wait for ever.
     */
    async lockAdministration(): Promise<void> {
      await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('synap: superusers', 0))`;
    },

    /** Whether somebody else could still administer. */
    async anotherSuperuserThan(id: string): Promise<boolean> {
      const where = { role: 'superuser', disabledAt: null, id: { not: id } } as const;
      return (await db.user.findFirst({ where, select: { id: true } })) !== null;
    },
  };
}
