import type { Role, User } from '@synap/contracts';
import type { Db, Prisma } from '@synap/db';

const userSelect = {
  id: true,
  email: true,
  name: true,
  role: true,
  createdAt: true,
  updatedAt: true,
} satisfies Prisma.UserSelect;
const credentialsSelect = { id: true, passwordHash: true, disabledAt: true } satisfies Prisma.UserSelect;

export interface Credentials {
  id: string;
  passwordHash: string;
  disabled: boolean;
}

export interface NewUser {
  /** Lower case. */
  email: string;
  name: string;
  passwordHash: string;
  role?: Role;
}

function toCredentials(row: { id: string; passwordHash: string; disabledAt: Date | null } | null): Credentials | null {
  return row && { id: row.id, passwordHash: row.passwordHash, disabled: row.disabledAt !== null };
}

export function createUsersRepository(db: Db) {
  return {
    findById: (id: string): Promise<User | null> => db.user.findUnique({ where: { id }, select: userSelect }),

    async findCredentials(email: string): Promise<Credentials | null> {
      return toCredentials(await db.user.findUnique({ where: { email }, select: credentialsSelect }));
    },

    /** Reads them anew and keeps others from changing them until the transaction ends. */
    async lockCredentials(id: string): Promise<Credentials | null> {
      await db.$executeRaw`SELECT FROM users WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
      return toCredentials(await db.user.findUnique({ where: { id }, select: credentialsSelect }));
    },

    async replaceHash(id: string, passwordHash: string): Promise<void> {
      await db.user.update({ where: { id }, data: { passwordHash }, select: { id: true } });
    },

    /** Inserts the user; an address that is taken keeps its account. Costs a written row either way: timing must not tell them apart. */
    async insertUnlessTaken(user: NewUser): Promise<boolean> {
      const { count } = await db.user.createMany({ data: [user], skipDuplicates: true });
      if (count === 0) await db.$executeRaw`UPDATE users SET email = email WHERE email = ${user.email}`;
      return count === 1;
    },

    /** @returns null when there is no such user any more */
    async rename(id: string, name: string): Promise<User | null> {
      const [user] = await db.user.updateManyAndReturn({ where: { id }, data: { name }, select: userSelect });
      return user ?? null;
    },

    anyExists: async (): Promise<boolean> => (await db.user.findFirst({ select: { id: true } })) !== null,

    /** Lets one transaction at a time, of all instances, make the first user. */
    async lockFirst(): Promise<void> {
      await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('synap: first user', 0))`;
    },
  };
}

export type UsersRepository = ReturnType<typeof createUsersRepository>;
