import { z } from 'zod';

const mailOf = <T extends string, V extends z.ZodRawShape>(template: T, values: V) =>
  z.object({ template: z.literal(template), to: z.string(), values: z.object(values) });

const time = z.string();
const address = z.string();
/** Whole URLs below `PUBLIC_URL`. */
const link = z.url();

/**
 * A mail to be – receiver, template and the values that its text needs – of every kind that the
 * product sends. None has the receiver's name: strangers may have chosen it, for an address that is
 * not theirs.
 */
export const mailSchema = z.discriminatedUnion('template', [
  mailOf('verify', { link, hours: z.number() }),
  mailOf('reset', { link, minutes: z.number() }),
  mailOf('invite', { invitedBy: z.string(), link, hours: z.number() }),
  /** Someone registered with an address that has an account. */
  mailOf('existing-account', { link }),
  /** Likewise, and nobody has shown yet that the address is theirs. */
  mailOf('choose-password', { link, minutes: z.number() }),
  mailOf('password-changed', { time, address }),
  /** To the old address. */
  mailOf('email-changed', { time, address }),
  mailOf('new-sign-in', { time, address, device: z.string() }),
  /** Many sign-ins with a wrong password: delayed, never locked. */
  mailOf('failed-sign-ins', { time }),
  /** An operator's trial. */
  mailOf('test', { time }),
]);
export type Mail = z.output<typeof mailSchema>;
export type MailTemplate = Mail['template'];

export const mailTemplates = [
  'verify',
  'reset',
  'invite',
  'existing-account',
  'choose-password',
  'password-changed',
  'email-changed',
  'new-sign-in',
  'failed-sign-ins',
  'test',
] as const satisfies readonly MailTemplate[];
