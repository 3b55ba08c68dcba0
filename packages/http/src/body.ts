import type { IncomingMessage } from 'node:http';

/** True if the headers announce a body (RFC 9112 §6.3), which may still be empty. */
export const announcesBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
