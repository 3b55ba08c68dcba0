import type { IncomingMessage } from 'node:http';
import { badRequest } from '@synap/contracts';
import { authorityOf, originForm } from '@synap/http';
import type { ErrorHandler, Middleware } from './middleware.js';

/** Matches `uri-host [ ":" port ]` of RFC 9110 §7.2. The host of an http URI must not be empty. */
const hostForm = /^(?:\[[\da-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})+)(?::(\d{0,5}))?$/i;
const maxPort = 65_535;

function isHost(text: string): boolean {
  const match = hostForm.exec(text);
  return match !== null && Number(match[1] ?? '') <= maxPort;
}

/** Reasons why request heads are malformed; valid requests have no entry. */
const faults = new WeakMap<IncomingMessage, string>();

/**
 * Rewrites a request in absolute form to origin form; the host of its target replaces `Host` (RFC
 * 9112 §3.2.2). Call it first, because routing, limits and logging read `url`.
 */
export function normalizeHead(req: IncomingMessage): void {
  const { url = '' } = req;
  const fault = findHostFault(req) ?? findTargetFault(req, url) ?? findTransferFault(req);
  if (fault !== undefined) faults.set(req, fault);
  const target = originForm(url);
  if (target === undefined || target === url) return;
  req.headers.host = authorityOf(url) ?? req.headers.host;
  req.url = target;
}

function findTargetFault({ method }: IncomingMessage, url: string): string | undefined {
  if (originForm(url) === undefined)
    return url === '*' && method === 'OPTIONS'
      ? undefined
      : 'The request target must be a path or an http URL.';
  const authority = authorityOf(url);
  return authority === undefined || isHost(authority)
    ? undefined
    : 'The host of the request target is not valid.';
}

/** Requires one valid `Host` (RFC 9112 §3.2); HTTP/1.0 may omit it. */
function findHostFault({
  rawHeaders,
  headers: { host },
  httpVersion,
}: IncomingMessage): string | undefined {
  if (host === undefined)
    return httpVersion === '1.0' ? undefined : 'The request has no Host header.';
  if (!isHost(host)) return 'The Host header is not valid.';
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count > 1 ? 'The request has more than one Host header.' : undefined;
}

/**
 * Rejects every transfer coding except chunked (RFC 9112 §6.1), because it would not be decoded.
 * HTTP/1.0 has no transfer codings, so a proxy may have seen another end of the body.
 */
function findTransferFault({
  headers: { 'transfer-encoding': coding },
  httpVersion,
}: IncomingMessage): string | undefined {
  if (coding === undefined) return undefined;
  if (httpVersion === '1.0') return 'A request of HTTP/1.0 must not have Transfer-Encoding.';
  return coding.toLowerCase() === 'chunked'
    ? undefined
    : 'The only Transfer-Encoding that is supported is chunked.';
}

export const isWellFormed = (req: IncomingMessage): boolean => !faults.has(req);

/**
 * Rejects a request with an invalid target, host or transfer coding. Closes the connection, because
 * both sides may read it differently.
 */
export function rejectMalformed(handleError: ErrorHandler): Middleware {
  return (req, res, next) => {
    const fault = faults.get(req);
    if (fault === undefined) return next();
    res.setHeader('connection', 'close');
    handleError(req, res, badRequest(fault));
  };
}
