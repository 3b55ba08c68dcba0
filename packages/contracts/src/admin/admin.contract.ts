import { z } from 'zod';
import { contract, type ServiceOf } from '../contract.js';
import { mailTemplates } from '../mail.js';
import { emailSchema } from '../mail-address.js';
import { acceptedSchema } from '../scalars.js';
import { mailPreviewSchema } from './admin.schemas.js';

export * from './admin.schemas.js';

export const admin = contract(
  { name: 'admin', description: 'For operators' },
  {
    testMail: {
      access: 'superuser',
      scope: null,
      method: 'POST',
      path: '/admin/mail/test',
      summary: 'Send a test mail',
      successStatus: 202,
      idempotent: false,
      input: z.object({ to: emailSchema.optional().describe('Default: your own address.') }),
      output: acceptedSchema,
      examples: {
        input: { to: 'ops@example.org' },
        output: { accepted: true },
      },
    },
    previewMail: {
      access: 'superuser',
      scope: null,
      method: 'GET',
      path: '/admin/mail/preview/{template}',
      summary: 'Preview a mail',
      input: z.object({ template: z.enum(mailTemplates) }),
      output: mailPreviewSchema,
      examples: {
        input: { template: 'test' },
        output: {
          subject: 'A test of mail',
          html: '<!doctype html>…',
          text: 'Hello,\n\nthis is the test of 10:00. Mail from Synap arrives.\n',
        },
      },
    },
  },
);

export type AdminService = ServiceOf<typeof admin>;
