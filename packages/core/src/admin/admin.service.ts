import type { AdminService, Mail, MailPreview } from '@synap/contracts';
import type { Clock } from '@synap/security';
import type { SendMail } from '../mail/mail-queue.js';
import type { Transaction } from '../repositories.js';
import { mailExamples } from './mail-examples.js';

export interface AdminDeps {
  transaction: Transaction;
  sendMail: SendMail;
  clock: Clock;
  renderMail: (mail: Mail) => MailPreview;
}

/** Creates the service for test mails and mail previews. */
export function createAdminService({
  transaction,
  sendMail,
  clock,
  renderMail,
}: AdminDeps): AdminService {
  return {
    /** Queues the mail like any other, so that the whole delivery path is tested. */
    async testMail({ actor }, { to = actor.email }) {
      const time = new Date(clock.now()).toISOString();
      await transaction((tx) => sendMail(tx, { template: 'test', to, values: { time } }));
      return { accepted: true };
    },
    previewMail: async (_call, { template }) => renderMail(mailExamples[template]),
  };
}
