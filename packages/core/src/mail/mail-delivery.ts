import { type Mail, mailSchema } from '@synap/contracts';
import type { SecretBox } from '@synap/security';
import { z } from 'zod';
import { type MailRequest, mailContext, mailRequestSchema } from './mail-queue.js';
import type { MailsRepository, WaitingMail } from './mails.repository.js';

export interface MailDeliveryDependencies {
  mails: Pick<MailsRepository, 'find' | 'remove' | 'requeueStalled'>;
  box: Pick<SecretBox, 'open'>;
  /** The mail that a request comes to; null where there is nobody to tell. */
  compose: (request: MailRequest, mailId: string) => Promise<Mail | null>;
  /** Hands a mail to whoever carries it; the same id is the same mail. */
  send: (id: string, mail: Mail) => Promise<void>;
  /** Whether trying again is no use. */
  isFinal: (error: unknown) => boolean;
  /** Told of a mail that is given up; never of its receiver. */
  onDeadLetter: (mail: { id: string; template: string; error: unknown }) => void;
}

const sealedSchema = z.union([
  mailRequestSchema,
  z.object({ to: z.string(), values: z.unknown() }),
]);

/**
 * Sends the mails that wait. A mail is removed once it was taken, so it is sent at least once, and
 * once unless the process dies in between.
 */
export function createMailDelivery({
  mails,
  box,
  compose,
  send,
  isFinal,
  onDeadLetter,
}: MailDeliveryDependencies) {
  /**
   * A request is composed anew at each attempt: the link in it then lives as long as its mail says.
   */
  async function open({ id, template, keyId, sealed }: WaitingMail): Promise<Mail | null> {
    const content = sealedSchema.parse(
      JSON.parse(box.open({ keyId, bytes: sealed }, mailContext(id))),
    );
    return 'ask' in content ? compose(content, id) : mailSchema.parse({ template, ...content });
  }

  return {
    /** Gives a new job to mails whose worker died in the middle of sending. */
    requeueStalled: () => mails.requeueStalled(),

    /**
     * Throws what kept the mail from being sent, so that the job queue tries again, unless that is
     * no use or this was the last attempt.
     */
    async deliver(id: string, { lastAttempt }: { lastAttempt: boolean }): Promise<void> {
      const waiting = await mails.find(id);
      if (!waiting) return;
      try {
        const mail = await open(waiting);
        if (mail) await send(id, mail);
      } catch (error) {
        if (!isFinal(error) && !lastAttempt) throw error;
        onDeadLetter({ id, template: waiting.template, error });
      }
      await mails.remove(id);
    },
  };
}

export type MailDelivery = ReturnType<typeof createMailDelivery>;
