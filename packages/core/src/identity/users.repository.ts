import type { Role, User } from '@synap/contracts';
import type { Db, Prisma } from '@synap/db';
import { newId } from '../ids.js';

const userSelect = {
  id: true,
  email: true,
  name: true,
  role: true,
  createdAt: true,
  updatedAt: true,
} satisfies Prisma.UserSelect;
const credentialsSelect = {
  id: true,
  passwordHash: true,
  disabledAt: true,
  verifiedAt: true,
  mustChangePassword: true,
} satisfies Prisma.UserSelect;

export interface Credentials {
  id: string;
  passwordHash: string;
  disabled: boolean;
  verified: boolean;
  /** If they must choose another password first. */
  mustChangePassword: boolean;
}

/** The account that owns a mail address. */
export interface Account {
  id: string;
  email: string;
  name: string;
  disabled: boolean;
  verified: boolean;
  verifiedAt: Date | null;
}

export interface NewUser {
  /** Lower case. */
  email: string;
  name: string;
  passwordHash: string;
  role?: Role;
  /** True if the address is verified. */
  verified?: boolean;
  /** If they must choose another password first. */
  mustChangePassword?: boolean;
  /**
   * Replacement hash if an unverified account with this address exists; null leaves it unchanged.
   */
  insteadOfUnverified?: string | null;
}

type CredentialsRow = Prisma.UserGetPayload<{ select: typeof credentialsSelect }>;

function toCredentials(row: CredentialsRow | null): Credentials | null {
  if (!row) return null;
  const { disabledAt, verifiedAt, ...rest } = row;
  return { ...rest, disabled: disabledAt !== null, verified: verifiedAt !== null };
}

export interface InsertedUser {
  /** Id of the account that now has the address. */
  id: string;
  /** False if the address already had an account. */
  made: boolean;
  /** True if an existing account got `insteadOfUnverified`. */
  withdrawn: boolean;
}

export function createUsersRepository(db: Db) {
  return {
    findById: (id: string): Promise<User | null> =>
      db.user.findUnique({ where: { id }, select: userSelect }),

    async findCredentials(email: string): Promise<Credentials | null> {
      return toCredentials(
        await db.user.findUnique({ where: { email }, select: credentialsSelect }),
      );
    },

    async findOwnCredentials(id: string): Promise<(Credentials & { email: string }) | null> {
      const row = await db.user.findUnique({
        where: { id },
        select: { ...credentialsSelect, email: true },
      });
      const credentials = toCredentials(row);
      return row && credentials && { ...credentials, email: row.email };
    },

    /** Locks a user's credentials until the transaction ends and reads them. */
    async lockCredentials(id: string): Promise<Credentials | null> {
      await db.$executeRaw`SELECT FROM users WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
      return toCredentials(await db.user.findUnique({ where: { id }, select: credentialsSelect }));
    },

    async replaceHash(id: string, passwordHash: string): Promise<void> {
      await db.user.update({ where: { id }, data: { passwordHash }, select: { id: true } });
    },

    /** Stores a password that the owner chose. */
    async setOwnPassword(id: string, passwordHash: string): Promise<void> {
      await db.user.update({
        where: { id },
        data: { passwordHash, mustChangePassword: false },
        select: { id: true },
      });
    },

    /** Changes the address of an account. */
    async changeEmail(
      id: string,
      email: string,
      { verified }: { verified: boolean },
    ): Promise<void> {
      const data = { email, verifiedAt: verified ? new Date() : null };
      await db.user.update({ where: { id }, data, select: { id: true } });
    },

    /** Locks the account of an address until the transaction ends. */
    async lockAccount(email: string): Promise<Account | null> {
      await db.$executeRaw`SELECT FROM users WHERE email = ${email} FOR NO KEY UPDATE`;
      return this.findAccount(email);
    },

    async findAccount(email: string): Promise<Account | null> {
      const select = {
        id: true,
        email: true,
        name: true,
        disabledAt: true,
        verifiedAt: true,
      } as const;
      const row = await db.user.findUnique({ where: { email }, select });
      return (
        row && { ...row, disabled: row.disabledAt !== null, verified: row.verifiedAt !== null }
      );
    },

    /**
     * Inserts the user unless the address is taken. Writes one row in both cases, so that timing
     * does not reveal which.
     */
    async insertUnlessTaken(user: NewUser): Promise<InsertedUser> {
      const {
        email,
        name,
        passwordHash,
        role = 'user',
        verified = false,
        mustChangePassword = false,
        insteadOfUnverified = null,
      } = user;
      const id = newId();
      const [row] = await db.$queryRaw<{ id: string; withdrawn: boolean }[]>`
        INSERT INTO users (id, email, name, password_hash, role, verified_at, must_change_password)
        VALUES (${id}::uuid, ${email}, ${name}, ${passwordHash}, ${role}::"role",
          CASE WHEN ${verified} THEN now() END, ${mustChangePassword})
        ON CONFLICT (email) DO UPDATE
        SET password_hash = CASE
            WHEN users.verified_at IS NULL
            THEN coalesce(${insteadOfUnverified}, users.password_hash)
            ELSE users.password_hash
          END
        RETURNING id, password_hash IS NOT DISTINCT FROM ${insteadOfUnverified}::text AS withdrawn`;
      return { id: row?.id ?? id, made: row?.id === id, withdrawn: row?.withdrawn ?? false };
    },

    /** Marks the address as verified. Idempotent; keeps the first date. */
    async markVerified(id: string): Promise<void> {
      await db.user.updateMany({
        where: { id, verifiedAt: null },
        data: { verifiedAt: new Date() },
      });
    },

    /** Returns null if the user no longer exists. */
    async rename(id: string, name: string): Promise<User | null> {
      const [user] = await db.user.updateManyAndReturn({
        where: { id },
        data: { name },
        select: userSelect,
      });
      return user ?? null;
    },

    /**
     * Deletes up to 500 accounts that are older than a week, unverified, never used and empty.
     * @returns their ids
     */
    async deleteAbandoned(): Promise<string[]> {
      const rows = await db.$queryRaw<{ id: string }[]>`
        DELETE FROM users
        WHERE id IN (
          SELECT id FROM users u
          WHERE verified_at IS NULL AND disabled_at IS NULL AND role = 'user'
            AND created_at < now() - interval '7 days' AND updated_at < now() - interval '7 days'
            AND NOT EXISTS (SELECT FROM sessions WHERE user_id = u.id)
            AND NOT EXISTS (SELECT FROM dashboards WHERE owner_id = u.id)
            AND NOT EXISTS (SELECT FROM api_keys WHERE user_id = u.id)
            AND NOT EXISTS (SELECT FROM mail_tokens WHERE user_id = u.id AND expires_at > now())
            AND NOT EXISTS (SELECT FROM events WHERE subject = 'user ' || u.id
              AND type IN ('user.created', 'user.verified', 'user.email-changed'))
          ORDER BY id
          LIMIT 500
          FOR UPDATE SKIP LOCKED)
        RETURNING id`;
      return rows.map(({ id }) => id);
    },

    async superuserExists(): Promise<boolean> {
      return (
        (await db.user.findFirst({ where: { role: 'superuser' }, select: { id: true } })) !== null
      );
    },

    /** Serialises the creation of the first superuser across instances. */
    async lockUserBootstrap(): Promise<void> {
      await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('synap: first user', 0))`;
    },
  };
}

export type UsersRepository = ReturnType<typeof createUsersRepository>;
