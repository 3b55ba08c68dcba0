import type { IncomingMessage } from 'node:http';
import { badRequest } from '@synap/contracts';
import { authorityOf, originForm } from '@synap/http';
import type { ErrorHandler, Middleware } from './middleware.js';

/** `uri-host [ ":" port ]` of RFC 9110 §7.2; a host of an http URI is never empty. */
const hostForm = /^(?:\[[\da-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})+)(?::(\d{0,5}))?$/i;
const maxPort = 65_535;

function isHost(text: string): boolean {
  const match = hostForm.exec(text);
  return match !== null && Number(match[1] ?? '') <= maxPort;
}

/** What is wrong with the head of a request; undefined if it is well formed. */
const faults = new WeakMap<IncomingMessage, string>();

/**
 * Gives a request in absolute form the path of its origin form and the host that its target names,
 * which counts in place of `Host` (RFC 9112 §3.2.2). Call it first: what routes, counts and logs
 * reads `url`.
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

/**
 * A server must refuse a missing, repeated or invalid `Host` (RFC 9112 §3.2); HTTP/1.0 may lack it.
 */
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
 * A body is decoded by chunks alone (RFC 9112 §6.1): any other coding would be read as if it were
 * none. HTTP/1.0 knows no codings, so that a proxy of it may have seen another end of the body.
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
 * Refuses a request whose target, host or transfer coding is not valid. Its connection ends, since
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
