import type { IncomingMessage } from 'node:http';
import { type Middleware, pathOf } from './middleware.js';

declare module 'node:http' {
  interface IncomingMessage {
    /** Path of `PUBLIC_URL`, which precedes the request path in clients' URLs. */
    basePath?: string;
  }
}

/**
 * Removes the path of `PUBLIC_URL` if the request has it, so that routes, limits and the log see
 * one form. A proxy may have removed it already, and local probes do not send it.
 */
export function removeBasePath(basePath: string): Middleware {
  return (req, _res, next) => {
    req.basePath = basePath;
    const end = basePath === '' ? undefined : endOfBasePath(req.url ?? '/', basePath);
    if (end !== undefined) {
      const rest = (req.url ?? '').slice(end);
      req.url = rest.startsWith('/') ? rest : `/${rest}`;
    }
    next();
  };
}

/** Path of a request in the client's URL, without the query. */
export const publicPathOf = (req: IncomingMessage): string => `${req.basePath ?? ''}${pathOf(req)}`;

/**
 * Index after the base path, in which a client may percent-encode characters (RFC 3986 §6.2.2.2);
 * undefined if the URL is not below it.
 */
function endOfBasePath(url: string, basePath: string): number | undefined {
  let at = 0;
  for (const expected of basePath) {
    const escaped = url[at] === '%';
    const found = escaped
      ? String.fromCharCode(Number.parseInt(url.slice(at + 1, at + 3), 16))
      : url[at];
    // An escaped slash is not a separator.
    if (found !== expected || (escaped && found === '/')) return undefined;
    at += escaped ? 3 : 1;
  }
  return [undefined, '/', '?'].includes(url[at]) ? at : undefined;
}
