import type { Mail, MailTemplate } from '@synap/contracts';

const to = 'ann@example.org';
const time = '2026-11-25 10:00 UTC';
const link = 'https://synap.example.org/';

/** Example mails for previews, one per template. */
export const mailExamples: Readonly<Record<MailTemplate, Mail>> = {
  verify: { template: 'verify', to, values: { link, hours: 24 } },
  reset: { template: 'reset', to, values: { link, minutes: 10 } },
  invite: { template: 'invite', to, values: { invitedBy: 'Ada Admin', link, hours: 72 } },
  'existing-account': { template: 'existing-account', to, values: { link } },
  'choose-password': { template: 'choose-password', to, values: { link, minutes: 10 } },
  'password-changed': { template: 'password-changed', to, values: { time, address: '192.0.2.1' } },
  'email-changed': { template: 'email-changed', to, values: { time, address: '192.0.2.1' } },
  'new-sign-in': {
    template: 'new-sign-in',
    to,
    values: { time, address: '192.0.2.1', device: 'Firefox on Linux' },
  },
  'failed-sign-ins': { template: 'failed-sign-ins', to, values: { time } },
  test: { template: 'test', to, values: { time } },
};
