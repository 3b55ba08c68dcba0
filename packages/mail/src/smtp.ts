import { createTransport } from 'nodemailer';
import { MailRefused, type MailTransport, messageOf } from './transport.js';

export interface SmtpOptions {
  /** `smtp://user:password@host:587` (STARTTLS) or `smtps://…`. */
  url: string;
  /**
   * `optional` sends in plain text if the server offers no STARTTLS, as always on the loopback
   * address. @default 'required'
   */
  tls?: 'required' | 'optional';
  from: string;
  /** Time limit in milliseconds for connecting, for the greeting, and for idle sockets. */
  timeoutMs?: number;
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

const codeOf = (error: unknown) =>
  typeof error === 'object' &&
  error !== null &&
  'responseCode' in error &&
  typeof error.responseCode === 'number'
    ? error.responseCode
    : undefined;

/**
 * True if the server rejected this mail or its recipient. Failures of STARTTLS and sign-in concern
 * the operator instead.
 */
const isAboutMail = (error: unknown) =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  (error.code === 'EENVELOPE' || error.code === 'EMESSAGE');

/** Sends by SMTP over a small pool of connections. */
export function createSmtpTransport({
  url,
  from,
  tls = 'required',
  timeoutMs = 10_000,
}: SmtpOptions): MailTransport {
  const address = new URL(url);
  const secure = address.protocol === 'smtps:';
  const allowsPlainText = tls === 'optional' || loopback.has(address.hostname);
  const user = decodeURIComponent(address.username);
  const transport = createTransport({
    pool: true,
    maxConnections: 3,
    maxMessages: 100,
    host: address.hostname,
    port: Number(address.port) || (secure ? 465 : 587),
    secure,
    // Otherwise an attacker in between could strip the STARTTLS offer and read passwords and links.
    requireTLS: !secure && !allowsPlainText,
    opportunisticTLS: allowsPlainText,
    ...(user !== '' && { auth: { user, pass: decodeURIComponent(address.password) } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail) {
      try {
        await transport.sendMail(messageOf(mail, from));
      } catch (error) {
        const code = codeOf(error);
        // The server's text may quote the recipient, so log the reply code only.
        if (code === undefined) throw error;
        if (code >= 500 && isAboutMail(error))
          throw new MailRefused(`The mail server refused it for good (${code})`);
        throw new Error(`The mail server rejected the mail temporarily (${code})`);
      }
    },
    async verify() {
      await transport.verify();
    },
    close: () => transport.close(),
  };
}
