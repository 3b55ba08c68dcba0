import type { Db, MailTokenPurpose } from '@synap/db';
import { newId } from '../ids.js';

export interface NewMailToken {
  /**
   * Id of the mail that carries the link, so that a repeated attempt replaces the token.
   * @default a new id
   */
  id?: string;
  userId: string;
  purpose: MailTokenPurpose;
  hash: Uint8Array<ArrayBuffer>;
  /** In seconds. */
  lifetime: number;
  /** New address of the account once the token is used. */
  email?: string;
}

/**
 * Stores tokens of mail links. A conditional update makes them single-use; all times are the
 * database's.
 */
export function createMailTokensRepository(db: Db) {
  return {
    async insert({
      id = newId(),
      userId,
      purpose,
      hash,
      lifetime,
      email,
    }: NewMailToken): Promise<void> {
      await db.$executeRaw`
        INSERT INTO mail_tokens (id, user_id, purpose, hash, email, created_at, expires_at)
        SELECT ${id}::uuid, ${userId}::uuid, ${purpose}::mail_token_purpose, ${hash}, ${email ?? null},
          now, now + make_interval(secs => ${lifetime})
        FROM clock_timestamp() AS now
        ON CONFLICT (id) DO UPDATE
        SET hash = EXCLUDED.hash, created_at = EXCLUDED.created_at, expires_at = EXCLUDED.expires_at`;
    },

    /** True if an unused link was recently sent to the user in another mail. */
    async wasMailedLately(
      userId: string,
      purpose: MailTokenPurpose,
      { seconds, mailId }: { seconds: number; mailId: string },
    ) {
      const rows = await db.$queryRaw<unknown[]>`
        SELECT FROM mail_tokens
        WHERE user_id = ${userId}::uuid
          AND purpose = ${purpose}::mail_token_purpose
          AND used_at IS NULL
          AND id <> ${mailId}::uuid
          AND created_at > clock_timestamp() - make_interval(secs => ${seconds})
        LIMIT 1`;
      return rows.length > 0;
    },

    /** Returns the owner of a usable token without using it. */
    async ownerOf(
      purpose: MailTokenPurpose,
      hash: Uint8Array<ArrayBuffer>,
    ): Promise<string | null> {
      const [row] = await db.$queryRaw<{ userId: string }[]>`
        SELECT user_id AS "userId" FROM mail_tokens
        WHERE hash = ${hash}
          AND purpose = ${purpose}::mail_token_purpose
          AND used_at IS NULL
          AND expires_at > clock_timestamp()`;
      return row?.userId ?? null;
    },

    /**
     * Uses a token and deletes the owner's other tokens for this purpose.
     * @returns its owner and their new address, if any; null if it cannot be used
     */
    async take(
      purpose: MailTokenPurpose,
      hash: Uint8Array<ArrayBuffer>,
    ): Promise<{ userId: string; email: string | null } | null> {
      const [row] = await db.$queryRaw<{ userId: string; email: string | null }[]>`
        UPDATE mail_tokens SET used_at = clock_timestamp()
        WHERE hash = ${hash}
          AND purpose = ${purpose}::mail_token_purpose
          AND used_at IS NULL
          AND expires_at > clock_timestamp()
        RETURNING user_id AS "userId", email`;
      if (!row) return null;
      await db.mailToken.deleteMany({ where: { userId: row.userId, purpose, usedAt: null } });
      return row;
    },

    async removeAllOf(userId: string): Promise<void> {
      await db.mailToken.deleteMany({ where: { userId } });
    },

    async removeResetsOf(userId: string): Promise<void> {
      await db.mailToken.deleteMany({ where: { userId, purpose: 'reset', usedAt: null } });
    },

    /** Removes links that would give the account another address. */
    async removeAddressChangesOf(userId: string): Promise<void> {
      await db.mailToken.deleteMany({ where: { userId, email: { not: null }, usedAt: null } });
    },

    async purge(): Promise<void> {
      await db.$executeRaw`DELETE FROM mail_tokens WHERE expires_at < now() - interval '1 day'`;
    },
  };
}
