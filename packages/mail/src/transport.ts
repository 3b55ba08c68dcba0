import type { RenderedMail } from './render.js';

export interface OutgoingMail extends RenderedMail {
  /** Stays the same when the mail is sent again after a crash: its Message-ID derives from it. */
  id: string;
  to: string;
}

export interface MailTransport {
  /**
   * Resolves once the mail is somebody else's to keep. Rejects with `MailRefused` where trying
   * again is no use, else with what was in the way.
   */
  send(mail: OutgoingMail): Promise<void>;
  /** Whether mail can be sent now; rejects with the reason where not. */
  verify(): Promise<void>;
  close(): void;
}

/** A server refused a mail for good (a reply of class 5, RFC 5321 §4.2.1). */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
}

/** What nodemailer writes for a mail, whoever carries it. */
export const messageOf = ({ id, to, subject, html, text }: OutgoingMail, from: string) => ({
  from,
  to,
  subject,
  html,
  text,
  messageId: `<${id}@synap>`,
  // RFC 3834: no vacation notice is an answer to this.
  headers: { 'Auto-Submitted': 'auto-generated' },
});
