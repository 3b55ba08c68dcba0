import { z } from 'zod';
import { acceptedSchema, type Endpoint, type ServiceOf } from './contract.js';
import { mailTemplates } from './mail.js';
import { emailSchema } from './mail-address.js';

export const mailPreviewSchema = z
  .object({ subject: z.string(), html: z.string(), text: z.string() })
  .meta({ id: 'MailPreview' });
export type MailPreview = z.output<typeof mailPreviewSchema>;

export const admin = {
  testMail: {
    access: 'superuser',
    input: z.object({ to: emailSchema.optional().describe('Default: your own address.') }),
    output: acceptedSchema,
  },
  previewMail: {
    access: 'superuser',
    input: z.object({ template: z.enum(mailTemplates) }),
    output: mailPreviewSchema,
  },
} as const satisfies Record<string, Endpoint>;

export type AdminService = ServiceOf<typeof admin>;
