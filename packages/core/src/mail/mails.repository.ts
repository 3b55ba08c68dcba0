import type { Db } from '@synap/db';

/** Graphile-worker task that sends a mail; its payload is `{ mailId }`. */
export const MAIL_TASK = 'mail-send';

/**
 * Maximum attempts. With the queue's backoff (e^attempt seconds, about 8 h in total) a mail
 * survives a night without a mail server.
 */
const maxAttempts = 10;

export interface WaitingMail {
  id: string;
  template: string;
  keyId: string;
  sealed: Uint8Array<ArrayBuffer>;
}

const mailSelect = { id: true, template: true, keyId: true, sealed: true } as const;

export function createMailsRepository(db: Db) {
  return {
    /**
     * Inserts the mail and its job in the caller's transaction, so that it is sent exactly if the
     * change is committed.
     */
    async enqueue(mail: WaitingMail): Promise<void> {
      await db.mail.create({ data: mail, select: { id: true } });
      await addJob(mail.id);
    },

    find: (id: string): Promise<WaitingMail | null> =>
      db.mail.findUnique({ where: { id }, select: mailSelect }),

    /** Removes a mail that was delivered or finally rejected. */
    async remove(id: string): Promise<void> {
      await db.mail.deleteMany({ where: { id } });
    },

    /** Adds a job to mails whose job is missing or exhausted, because their worker died. */
    async requeueStalled(): Promise<void> {
      const rows = await db.$queryRaw<{ id: string }[]>`
        SELECT id FROM mails
        WHERE NOT EXISTS (
          SELECT FROM graphile_worker.jobs j
          WHERE j.key = 'mail ' || mails.id
            AND (j.locked_at IS NOT NULL OR j.attempts < j.max_attempts))
        ORDER BY id
        LIMIT 100`;
      for (const { id } of rows) await addJob(id);
    },

    /** Lists mails sealed by another key, ordered by id, starting after `after`. */
    listNotSealedBy: (
      keyId: string,
      { after, limit }: { after: string | undefined; limit: number },
    ): Promise<Omit<WaitingMail, 'template'>[]> =>
      db.mail.findMany({
        where: { keyId: { not: keyId }, ...(after !== undefined && { id: { gt: after } }) },
        orderBy: { id: 'asc' },
        take: limit,
        select: { id: true, keyId: true, sealed: true },
      }),

    /**
     * Replaces the sealed text.
     * @returns false if the mail was sent or re-encrypted meanwhile
     */
    async reseal(
      { id, keyId, sealed }: Omit<WaitingMail, 'template'>,
      previousKeyId: string,
    ): Promise<boolean> {
      const { count } = await db.mail.updateMany({
        where: { id, keyId: previousKeyId },
        data: { keyId, sealed },
      });
      return count === 1;
    },
  };

  async function addJob(id: string): Promise<void> {
    await db.$queryRaw`
      SELECT id::text
      FROM graphile_worker.add_job(${MAIL_TASK}, json_build_object('mailId', ${id}::text),
        max_attempts => ${maxAttempts}::int, job_key => ${`mail ${id}`}::text)`;
  }
}

export type MailsRepository = ReturnType<typeof createMailsRepository>;
