import type { Db } from '@synap/db';

/** Graphile-worker task that sends a mail; its payload is `{ mailId }`. */
export const MAIL_TASK = 'mail-send';

/**
 * With the queue's backoff (e^attempt seconds, in all about 8 h) a mail survives a night of a
 * server that is away.
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
     * In the caller's transaction the mail and its job: it is sent exactly when what it tells of is
     * committed.
     */
    async enqueue(mail: WaitingMail): Promise<void> {
      await db.mail.create({ data: mail, select: { id: true } });
      await addJob(mail.id);
    },

    find: (id: string): Promise<WaitingMail | null> =>
      db.mail.findUnique({ where: { id }, select: mailSelect }),

    /** A server has taken it, or nobody ever will. */
    async remove(id: string): Promise<void> {
      await db.mail.deleteMany({ where: { id } });
    },

    /**
     * Gives a new job to mails whose job is gone or was given up: its worker died before it noted
     * anything.
     */
    async requeueStalled(): Promise<void> {
      const rows = await db.$queryRaw<{ id: string }[]>`
        SELECT id FROM mails WHERE NOT EXISTS (
          SELECT FROM graphile_worker.jobs j
          WHERE j.key = 'mail ' || mails.id AND (j.locked_at IS NOT NULL OR j.attempts < j.max_attempts))
        ORDER BY id LIMIT 100`;
      for (const { id } of rows) await addJob(id);
    },

    /**
     * Mails that another key than this one sealed, in the order of their ids, those after `after`.
     */
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
     * Puts a newly sealed text in the place of the old one. @returns false when the mail was sent
     * or sealed anew meanwhile
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
      SELECT id::text FROM graphile_worker.add_job(${MAIL_TASK}, json_build_object('mailId', ${id}::text),
        max_attempts => ${maxAttempts}::int, job_key => ${`mail ${id}`}::text)`;
  }
}

export type MailsRepository = ReturnType<typeof createMailsRepository>;
