import type { Invitation, PageInput, Role } from '@synap/contracts';
import type { Db, Prisma } from '@synap/db';
import { newId } from '../ids.js';
import { cursorId } from '../paging.js';

const invitationSelect = {
  id: true,
  email: true,
  role: true,
  invitedById: true,
  createdAt: true,
  expiresAt: true,
  acceptedAt: true,
} satisfies Prisma.InvitationSelect;

export interface NewInvitation {
  email: string;
  role: Role;
  invitedById: string;
  hash: Uint8Array<ArrayBuffer>;
  /** In seconds. */
  lifetime: number;
}

/** Stores invitations, one per address. All times are the database's. */
export function createInvitationsRepository(db: Db) {
  return {
    list({ cursor, size }: PageInput): Promise<Invitation[]> {
      const before = cursorId(cursor);
      const where = before ? { id: { lt: before } } : {};
      return db.invitation.findMany({
        where,
        orderBy: { id: 'desc' },
        take: size + 1,
        select: invitationSelect,
      });
    },

    /** Inserts an invitation. Replaces an earlier one for the address and revokes its link. */
    async replace({
      email,
      role,
      invitedById,
      hash,
      lifetime,
    }: NewInvitation): Promise<Invitation> {
      const id = newId();
      await db.$executeRaw`
        INSERT INTO invitations (id, email, role, invited_by_id, hash, created_at, expires_at)
        SELECT ${id}::uuid, ${email}, ${role}::"role", ${invitedById}::uuid, ${hash},
          now, now + make_interval(secs => ${lifetime})
        FROM clock_timestamp() AS now
        ON CONFLICT (email) DO UPDATE
        SET id = excluded.id, role = excluded.role, invited_by_id = excluded.invited_by_id,
          hash = excluded.hash, created_at = excluded.created_at,
          expires_at = excluded.expires_at, accepted_at = NULL`;
      return db.invitation.findUniqueOrThrow({ where: { id }, select: invitationSelect });
    },

    /**
     * Finds the open invitation of an address. The caller's advisory lock prevents concurrent
     * changes.
     */
    async openFor(email: string): Promise<string | null> {
      const [row] = await db.$queryRaw<{ id: string }[]>`
        SELECT id FROM invitations
        WHERE email = ${email} AND accepted_at IS NULL AND expires_at > clock_timestamp()`;
      return row?.id ?? null;
    },

    /** Finds the address of an open invitation. */
    async addressOf(hash: Uint8Array<ArrayBuffer>): Promise<string | null> {
      const [row] = await db.$queryRaw<{ email: string }[]>`
        SELECT email FROM invitations
        WHERE hash = ${hash} AND accepted_at IS NULL AND expires_at > clock_timestamp()`;
      return row?.email ?? null;
    },

    /**
     * Accepts an open invitation.
     * @returns null if it is not open
     */
    async accept(
      hash: Uint8Array<ArrayBuffer>,
    ): Promise<Pick<Invitation, 'id' | 'email' | 'role'> | null> {
      const [row] = await db.$queryRaw<Pick<Invitation, 'id' | 'email' | 'role'>[]>`
        UPDATE invitations SET accepted_at = clock_timestamp()
        WHERE hash = ${hash} AND accepted_at IS NULL AND expires_at > clock_timestamp()
        RETURNING id, email, role::text AS role`;
      return row ?? null;
    },

    /**
     * Withdraws all open invitations of a user.
     * @returns their ids
     */
    async removeOpenBy(invitedById: string): Promise<string[]> {
      const rows = await db.$queryRaw<{ id: string }[]>`
        DELETE FROM invitations
        WHERE invited_by_id = ${invitedById}::uuid AND accepted_at IS NULL
        RETURNING id`;
      return rows.map(({ id }) => id);
    },

    async remove(id: string): Promise<boolean> {
      return (await db.invitation.deleteMany({ where: { id } })).count === 1;
    },
  };
}
