import { mailContext } from '../mail/mail-queue.js';
import type { Repositories } from '../repositories.js';
import type { SealedSource } from './rotate-secrets.js';

/**
 * Everything that the database keeps sealed. Whatever seals something more joins here, or a
 * rotation would leave it behind.
 */
export function sealedSources({ mails }: Pick<Repositories, 'mails'>): SealedSource[] {
  return [
    {
      name: 'mails that wait',
      contextOf: mailContext,
      listNotSealedBy: mails.listNotSealedBy,
      reseal: mails.reseal,
    },
  ];
}
