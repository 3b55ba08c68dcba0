import { mailContext } from '../mail/mail-queue.js';
import type { Repositories } from '../repositories.js';
import type { SealedSource } from './rotate-secrets.js';

/** Lists all sealed data in the database. Add every new kind here, or a rotation skips it. */
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
