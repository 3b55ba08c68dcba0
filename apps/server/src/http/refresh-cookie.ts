import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { badRequest, forbidden, type RefreshCookie } from '@synap/contracts';
import { basePathOf } from '../public-url.js';
import { loopbackHost } from './address.js';
import { createOriginCheck, type OriginEnvironment } from './origins.js';

/**
 * A value of the `Cookie` header, RFC 6265 §5.4; of several by one name the first, which is the
 * most specific.
 */
function cookieIn(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

/**
 * Tells installations under one host name apart: cookies do not know ports or paths (RFC 6265
 * §8.5). All instances of one installation have the same `PUBLIC_URL`; without it the port is what
 * differs.
 */
const instanceOf = (publicUrl: string | undefined, req: IncomingMessage): string =>
  createHash('sha256')
    .update(publicUrl ?? String(req.socket.localPort))
    .digest('hex')
    .slice(0, 8);

/**
 * How requests of browsers carry the refresh token, and what proves that a page of ours sent them.
 */
export function createRefreshCookies(environment: OriginEnvironment) {
  const { publicUrl } = environment;
  const { protocol, host } = publicUrl === undefined ? {} : new URL(publicUrl);
  const isTrustedOrigin = createOriginCheck(environment);
  // The prefix `__Host-` demands Path=/. Below a path the cookie must not go to other applications
  // of the host.
  const basePath = basePathOf(environment);
  const securePrefix = basePath === '' ? '__Host-' : '__Secure-';

  /** A browser keeps no `Secure` cookie of plain HTTP; on localhost it does without. */
  const isPlainLocal = (req: IncomingMessage) =>
    protocol !== 'https:' && loopbackHost.test(host ?? req.headers.host ?? '');

  /**
   * Throws `forbidden` unless a page of ours sent the request: a form of another site cannot set
   * the header, nor its origin.
   */
  function assertTrustedRequest(req: IncomingMessage): void {
    const {
      origin: given,
      'x-synap-client': client,
      'content-type': type,
      'content-length': length,
    } = req.headers;
    if (given === undefined)
      throw forbidden(
        'The cookie counts only with an Origin header, which browsers send by themselves.',
      );
    if (!isTrustedOrigin(given, req))
      throw forbidden('The cookie does not count from this Origin: add it to CORS_ORIGINS.');
    if (client !== '1')
      throw forbidden('The cookie counts only with the header "X-Synap-Client: 1".');
    const bodyless =
      type === undefined &&
      (length === undefined || length === '0') &&
      !req.headers['transfer-encoding'];
    if (!bodyless && !/^application\/json\s*(?:;|$)/i.test(type ?? ''))
      throw forbidden('The cookie counts only with "Content-Type: application/json".');
    assertNotStreamed(req);
  }

  /** The headers of a streamed answer are gone before its calls have ended. */
  function assertNotStreamed(req: IncomingMessage): void {
    if (req.headers['trpc-accept'] !== undefined)
      throw badRequest('A streamed answer cannot carry a cookie: call without the batch stream.');
  }

  return (req: IncomingMessage, res: ServerResponse): RefreshCookie => {
    const plain = isPlainLocal(req);
    const name = `${plain ? '' : securePrefix}rt-${instanceOf(publicUrl, req)}`;
    const value = cookieIn(req.headers.cookie, name);
    const send = (text: string, maxAge: number) => {
      if (res.headersSent) return;
      // Of several calls in one request the last has its way.
      const others = [res.getHeader('set-cookie') ?? []].flat().map(String);
      const cookie = `${name}=${text}; Max-Age=${maxAge}; Path=${basePath || '/'}; HttpOnly; ${plain ? '' : 'Secure; '}SameSite=Strict`;
      res.setHeader('set-cookie', [
        ...others.filter((other) => !other.startsWith(`${name}=`)),
        cookie,
      ]);
    };
    return {
      present: value !== undefined,
      read() {
        if (value === undefined) return undefined;
        assertTrustedRequest(req);
        return value;
      },
      demandSettable: () => assertNotStreamed(req),
      set: (refreshToken, maxAgeSeconds) => send(refreshToken, maxAgeSeconds),
      clear: () => send('', 0),
    };
  };
}

export type CookieOf = ReturnType<typeof createRefreshCookies>;
