import { z } from 'zod';

/** Every mail that the product sends, with the values that its text needs. Links are whole URLs below `PUBLIC_URL`. */
export const mailValues = {
  verify: z.object({ name: z.string(), link: z.url(), hours: z.number() }),
  reset: z.object({ name: z.string(), link: z.url(), minutes: z.number() }),
  invite: z.object({ invitedBy: z.string(), link: z.url(), hours: z.number() }),
  /** Someone registered, or was invited, with an address that has an account. */
  'existing-account': z.object({ name: z.string(), link: z.url() }),
  'password-changed': z.object({ name: z.string(), time: z.string(), address: z.string() }),
  'new-sign-in': z.object({ name: z.string(), time: z.string(), address: z.string(), device: z.string() }),
  /** Many sign-ins with a wrong password: delayed, never locked. */
  'failed-sign-ins': z.object({ name: z.string(), time: z.string() }),
  /** An operator's trial. */
  test: z.object({ time: z.string() }),
} as const;

export const mailTemplates = [
  'verify',
  'reset',
  'invite',
  'existing-account',
  'password-changed',
  'new-sign-in',
  'failed-sign-ins',
  'test',
] as const satisfies readonly (keyof typeof mailValues)[];
export type MailTemplate = keyof typeof mailValues;
export type MailValues<T extends MailTemplate> = z.output<(typeof mailValues)[T]>;

/** A mail to be: receiver, template and its values. */
export type Mail = { [T in MailTemplate]: { template: T; to: string; values: MailValues<T> } }[MailTemplate];
