import type { Mail } from '@synap/contracts';
import type { SecretBox } from '@synap/security';
import { uuidv7 } from '../ids.js';
import type { MailsRepository } from './mails.repository.js';

/** What the sealed text of a mail is bound to. */
export const mailContext = (id: string) => `mail ${id}`;

/** Queues a mail in the transaction of what it tells of. */
export type SendMail = (within: { mails: Pick<MailsRepository, 'enqueue'> }, mail: Mail) => Promise<void>;

export function createMailQueue(box: Pick<SecretBox, 'seal'>): SendMail {
  return async ({ mails }, { template, to, values }) => {
    const id = uuidv7();
    const { keyId, bytes } = box.seal(JSON.stringify({ to, values }), mailContext(id));
    await mails.enqueue({ id, template, keyId, sealed: bytes });
  };
}
