import type { IncomingMessage } from 'node:http';

/** True if a request says that it carries a body (RFC 9112 §6.3); it may still be empty. */
export const announcesBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
