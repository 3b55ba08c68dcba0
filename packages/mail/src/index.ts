export * from './outbox.js';
export * from './render.js';
export * from './smtp.js';
export { MailRefused, type MailTransport, type OutgoingMail } from './transport.js';
