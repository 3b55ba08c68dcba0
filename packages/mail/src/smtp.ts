import { createTransport } from 'nodemailer';
import { MailRefused, type MailTransport, messageOf } from './transport.js';

export interface SmtpOptions {
  /** `smtp://user:password@host:587` (STARTTLS) or `smtps://…`. */
  url: string;
  /**
   * `optional` sends in clear text if the server offers no STARTTLS. Always so on the loopback
   * address. @default 'required'
   */
  tls?: 'required' | 'optional';
  from: string;
  /** Milliseconds for each: to connect, to be greeted, of silence. */
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
 * True if the server refused this mail or its receiver, not the connection: STARTTLS and sign-in
 * are the operator's to correct.
 */
const isAboutMail = (error: unknown) =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  (error.code === 'EENVELOPE' || error.code === 'EMESSAGE');

/** Sends by SMTP over a few connections that are kept. */
export function createSmtpTransport({
  url,
  from,
  tls = 'required',
  timeoutMs = 10_000,
}: SmtpOptions): MailTransport {
  const address = new URL(url);
  const secure = address.protocol === 'smtps:';
  const mayBePlain = tls === 'optional' || loopback.has(address.hostname);
  const user = decodeURIComponent(address.username);
  const transport = createTransport({
    pool: true,
    maxConnections: 3,
    maxMessages: 100,
    host: address.hostname,
    port: Number(address.port) || (secure ? 465 : 587),
    secure,
    // Without it whoever sits between strips the offer of STARTTLS, and reads passwords and links.
    requireTLS: !secure && !mayBePlain,
    opportunisticTLS: mayBePlain,
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
        // The server's own words may quote the receiver: the class is all that the log needs.
        if (code === undefined) throw error;
        if (code >= 500 && isAboutMail(error))
          throw new MailRefused(`The mail server refused it for good (${code})`);
        throw new Error(`The mail server does not take it at present (${code})`);
      }
    },
    async verify() {
      await transport.verify();
    },
    close: () => transport.close(),
  };
}
