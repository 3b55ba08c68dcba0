import type { Mail } from '@synap/contracts';
import type { SecretBox } from '@synap/security';
import { z } from 'zod';
import { newId } from '../ids.js';
import type { MailsRepository } from './mails.repository.js';

/** Context that the sealed text of a mail is bound to. */
export const mailContext = (id: string) => `mail ${id}`;

/**
 * A mail request for the owner of an address, if there is one. Only the worker looks up the
 * account, so response and timing reveal nothing.
 */
export const mailRequestSchema = z.object({
  ask: z.enum(['registered', 'registered-again', 'registered-alike', 'verify', 'reset']),
  email: z.string(),
  /** Address and id of the request, for the audit log. */
  address: z.string(),
  requestId: z.string(),
  /** The triggering event, for notices that may repeat. */
  eventId: z.string().optional(),
});
export type MailRequest = z.output<typeof mailRequestSchema>;

interface MailTransaction {
  mails: Pick<MailsRepository, 'enqueue'>;
}

/** Queues a mail in the transaction of the change it reports. */
export type SendMail = (tx: MailTransaction, mail: Mail) => Promise<void>;
/** Queues a mail request in the same way. */
export type RequestMail = (tx: MailTransaction, request: MailRequest) => Promise<void>;

const enqueuedBy =
  (box: Pick<SecretBox, 'seal'>) =>
  async ({ mails }: MailTransaction, template: string, content: object): Promise<void> => {
    const id = newId();
    const { keyId, bytes } = box.seal(JSON.stringify(content), mailContext(id));
    await mails.enqueue({ id, template, keyId, sealed: bytes });
  };

export function createMailQueue(box: Pick<SecretBox, 'seal'>): SendMail {
  const enqueue = enqueuedBy(box);
  return (tx, { template, to, values }) => enqueue(tx, template, { to, values });
}

export function createMailRequests(box: Pick<SecretBox, 'seal'>): RequestMail {
  const enqueue = enqueuedBy(box);
  return (tx, request) => enqueue(tx, `to-owner ${request.ask}`, request);
}
