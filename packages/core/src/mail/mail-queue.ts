import type { Mail } from '@synap/contracts';
import type { SecretBox } from '@synap/security';
import { z } from 'zod';
import { uuidv7 } from '../ids.js';
import type { MailsRepository } from './mails.repository.js';

/** What the sealed text of a mail is bound to. */
export const mailContext = (id: string) => `mail ${id}`;

/**
 * A mail to the owner of an address, if it has one: only the worker looks. Whoever asked gets the
 * same answer after the same time, whether there is such an account or not.
 */
export const mailRequestSchema = z.object({
  ask: z.enum(['registered', 'registered-again', 'registered-alike', 'verify', 'reset']),
  email: z.string(),
  /** Where from, and in which request: for the trail. */
  address: z.string(),
  requestId: z.string(),
  /** The event of what was asked for, if it tells an owner of it again and again. */
  eventId: z.string().optional(),
});
export type MailRequest = z.output<typeof mailRequestSchema>;

interface Within {
  mails: Pick<MailsRepository, 'enqueue'>;
}

/** Queues a mail in the transaction of what it tells of. */
export type SendMail = (tx: Within, mail: Mail) => Promise<void>;
/** Queues a request, likewise. */
export type RequestMail = (tx: Within, request: MailRequest) => Promise<void>;

const enqueuedBy =
  (box: Pick<SecretBox, 'seal'>) =>
  async ({ mails }: Within, template: string, content: object): Promise<void> => {
    const id = uuidv7();
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
