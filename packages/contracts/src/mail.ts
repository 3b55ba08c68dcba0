import { z } from 'zod';

const mailOf = <T extends string, V extends z.ZodRawShape>(template: T, values: V) =>
  z.object({ template: z.literal(template), to: z.string(), values: z.object(values) });

const time = z.string();
const address = z.string();
/** Absolute URL below `PUBLIC_URL`. */
const link = z.url();

/**
 * A mail before rendering: template, receiver and values. Must not contain the receiver's name:
 * strangers may have chosen it for a foreign address.
 */
export const mailSchema = z.discriminatedUnion('template', [
  mailOf('verify', { link, hours: z.number() }),
  mailOf('reset', { link, minutes: z.number() }),
  mailOf('invite', { invitedBy: z.string(), link, hours: z.number() }),
  /** Someone registered a verified address again. */
  mailOf('existing-account', { link }),
  /** Someone registered an unverified address again. */
  mailOf('choose-password', { link, minutes: z.number() }),
  mailOf('password-changed', { time, address }),
  /** Goes to the old address. */
  mailOf('email-changed', { time, address }),
  mailOf('new-sign-in', { time, address, device: z.string() }),
  /** Many sign-ins with a wrong password: delayed, never locked. */
  mailOf('failed-sign-ins', { time }),
  /** Test mail of an operator. */
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
