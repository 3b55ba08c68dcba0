import { type Mail, mailSchema } from '@synap/contracts';
import type { SecretBox } from '@synap/security';
import { z } from 'zod';
import { type MailRequest, mailContext, mailRequestSchema } from './mail-queue.js';
import type { MailsRepository, WaitingMail } from './mails.repository.js';

export interface MailDeliveryDependencies {
  mails: Pick<MailsRepository, 'find' | 'remove' | 'requeueStalled'>;
  box: Pick<SecretBox, 'open'>;
  /** Composes the mail for a request; null if no one must be notified. */
  compose: (request: MailRequest, mailId: string) => Promise<Mail | null>;
  /** Sends a mail. The same id marks the same mail. */
  send: (id: string, mail: Mail) => Promise<void>;
  /** True if a retry cannot succeed. */
  isFinal: (error: unknown) => boolean;
  /** Called for a mail that is given up. Must not receive the address. */
  onDeadLetter: (mail: { id: string; template: string; error: unknown }) => void;
}

const sealedSchema = z.union([
  mailRequestSchema,
  z.object({ to: z.string(), values: z.unknown() }),
]);

/**
 * Sends queued mails at least once: a mail is removed after the server accepted it. A crash in
 * between sends it twice.
 */
export function createMailDelivery({
  mails,
  box,
  compose,
  send,
  isFinal,
  onDeadLetter,
}: MailDeliveryDependencies) {
  /** Composes requests at each attempt, so that the link lives as long as the mail says. */
  async function open({ id, template, keyId, sealed }: WaitingMail): Promise<Mail | null> {
    const content = sealedSchema.parse(
      JSON.parse(box.open({ keyId, bytes: sealed }, mailContext(id))),
    );
    return 'ask' in content ? compose(content, id) : mailSchema.parse({ template, ...content });
  }

  return {
    /** Adds a job to mails whose worker died while sending. */
    requeueStalled: () => mails.requeueStalled(),

    /**
     * Delivers a mail. Throws the failure so that the job queue retries, unless a retry is useless
     * or this was the last attempt.
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
