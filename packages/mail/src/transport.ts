import type { RenderedMail } from './render.js';

export interface OutgoingMail extends RenderedMail {
  /**
   * Stays the same if the mail is sent again after a crash, because its Message-ID derives from it.
   */
  id: string;
  to: string;
}

export interface MailTransport {
  /**
   * Resolves when the mail was handed over. Rejects with `MailRefused` if a retry is useless, else
   * with the cause.
   */
  send(mail: OutgoingMail): Promise<void>;
  /** Resolves if mail can be sent now, else rejects with the reason. */
  verify(): Promise<void>;
  close(): void;
}

/** The server rejected the mail permanently (reply class 5, RFC 5321 §4.2.1). */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
}

/** Builds nodemailer's message options, for any transport. */
export const messageOf = ({ id, to, subject, html, text }: OutgoingMail, from: string) => ({
  from,
  to,
  subject,
  html,
  text,
  messageId: `<${id}@synap>`,
  // Suppresses vacation notices (RFC 3834).
  headers: { 'Auto-Submitted': 'auto-generated' },
});
