import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { badRequest, forbidden, type RefreshCookie } from '@synap/contracts';
import { basePathOf } from '../config/public-url.js';
import { loopbackHost } from './address.js';
import { createOriginCheck, type OriginEnvironment } from './origins.js';

/**
 * Reads a cookie (RFC 6265 §5.4). Among several of one name the first counts, which is the most
 * specific.
 */
function cookieIn(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

/**
 * Distinguishes installations on one host name, because cookies ignore ports and paths (RFC 6265
 * §8.5). All instances of an installation share `PUBLIC_URL`; without it the port differs.
 */
const instanceOf = (publicUrl: string | undefined, req: IncomingMessage): string =>
  createHash('sha256')
    .update(publicUrl ?? String(req.socket.localPort))
    .digest('hex')
    .slice(0, 8);

/** Creates the refresh-token cookie of a request, and the checks against cross-site requests. */
export function createRefreshCookies(environment: OriginEnvironment) {
  const { publicUrl } = environment;
  const { protocol, host } = publicUrl === undefined ? {} : new URL(publicUrl);
  const isTrustedOrigin = createOriginCheck(environment);
  // The prefix `__Host-` requires Path=/. Below a base path the cookie must not reach other
  // applications of the host.
  const basePath = basePathOf(environment);
  const securePrefix = basePath === '' ? '__Host-' : '__Secure-';

  /** Browsers reject `Secure` cookies over plain HTTP, so localhost omits it. */
  const isPlainLocal = (req: IncomingMessage) =>
    protocol !== 'https:' && loopbackHost.test(host ?? req.headers.host ?? '');

  /**
   * Throws `forbidden` unless an allowed page sent the request: a form of another site cannot set
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
        'The cookie is accepted only with an Origin header, which browsers send automatically.',
      );
    if (!isTrustedOrigin(given, req))
      throw forbidden('The cookie is not accepted from this Origin: add it to CORS_ORIGINS.');
    if (client !== '1')
      throw forbidden('The cookie is accepted only with the header "X-Synap-Client: 1".');
    const bodyless =
      type === undefined &&
      (length === undefined || length === '0') &&
      !req.headers['transfer-encoding'];
    if (!bodyless && !/^application\/json\s*(?:;|$)/i.test(type ?? ''))
      throw forbidden('The cookie is accepted only with "Content-Type: application/json".');
    assertNotStreamed(req);
  }

  /** A streamed response sends headers before its calls end. */
  function assertNotStreamed(req: IncomingMessage): void {
    if (req.headers['trpc-accept'] !== undefined)
      throw badRequest('A streamed response cannot set a cookie: call without the batch stream.');
  }

  return (req: IncomingMessage, res: ServerResponse): RefreshCookie => {
    const plain = isPlainLocal(req);
    const name = `${plain ? '' : securePrefix}rt-${instanceOf(publicUrl, req)}`;
    const value = cookieIn(req.headers.cookie, name);
    const send = (text: string, maxAge: number) => {
      if (res.headersSent) return;
      // In a batch the last call wins.
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
