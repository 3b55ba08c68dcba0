import { createTransport } from 'nodemailer';
import { MailRefused, type MailTransport, messageOf } from './transport.js';

export interface SmtpOptions {
  /** `smtp://user:password@host:587` (STARTTLS where the server offers it) or `smtps://…`. */
  url: string;
  from: string;
  /** Milliseconds for each: to connect, to be greeted, of silence. */
  timeoutMs?: number;
}

const codeOf = (error: unknown) =>
  typeof error === 'object' && error !== null && 'responseCode' in error && typeof error.responseCode === 'number'
    ? error.responseCode
    : undefined;

/** Sends by SMTP over a few connections that are kept. */
export function createSmtpTransport({ url, from, timeoutMs = 10_000 }: SmtpOptions): MailTransport {
  const address = new URL(url);
  const secure = address.protocol === 'smtps:';
  const user = decodeURIComponent(address.username);
  const transport = createTransport({
    ...{ pool: true, maxConnections: 3, maxMessages: 100 },
    ...{ host: address.hostname, port: Number(address.port) || (secure ? 465 : 587), secure },
    ...(user !== '' && { auth: { user, pass: decodeURIComponent(address.password) } }),
    ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  return {
    async send(mail) {
      try {
        await transport.sendMail(messageOf(mail, from));
      } catch (error) {
        const code = codeOf(error);
        // The server's own words may quote the receiver: the class is all that the log needs.
        if (code === undefined) throw error;
        if (code >= 500) throw new MailRefused(`The mail server refused it for good (${code})`);
        throw new Error(`The mail server does not take it at present (${code})`);
      }
    },
    async verify() {
      await transport.verify();
    },
    close: () => transport.close(),
  };
}
