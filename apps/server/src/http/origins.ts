import type { IncomingMessage } from 'node:http';
import { forbidden } from '@synap/contracts';
import type { Environment } from '../env.js';
import { loopbackHost } from './address.js';
import type { ErrorHandler, Middleware } from './middleware.js';

export type OriginEnvironment = Pick<Environment, 'environment' | 'publicUrl' | 'corsOrigins'>;

/**
 * Checks an `Origin` header: `PUBLIC_URL`, `CORS_ORIGINS`, or this very server on plain localhost.
 */
export function createOriginCheck({ environment, publicUrl, corsOrigins }: OriginEnvironment) {
  const origin = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  return (given: string, req: IncomingMessage): boolean => {
    if (given === origin || corsOrigins.includes(given)) return true;
    // Without PUBLIC_URL the only name that nobody else can point at this machine is the
    // loopback's.
    const local =
      environment === 'local' && origin === undefined && loopbackHost.test(req.headers.host ?? '');
    return local && given === `http://${req.headers.host}`;
  };
}

const formTypes = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

/**
 * True if a browser sends it without a CORS preflight: a form, or no body at all. A bearer token
 * always needs one.
 */
const needsNoPreflight = ({
  'content-type': type,
  authorization,
}: IncomingMessage['headers']): boolean =>
  type === undefined ? authorization === undefined : formTypes.test(type);

/**
 * Refuses forms and requests without a body that a browser sends from a page of another site. They
 * need no CORS preflight, so such a page could sign its visitors in, or use up their tries.
 */
export function rejectCrossSiteForms(
  environment: OriginEnvironment,
  handleError: ErrorHandler,
): Middleware {
  const isTrustedOrigin = createOriginCheck(environment);
  const isForeign = (req: IncomingMessage): boolean => {
    const { origin, host, 'sec-fetch-site': site } = req.headers;
    if (origin !== undefined && isTrustedOrigin(origin, req)) return false;
    if (site !== undefined) return site !== 'same-origin' && site !== 'none';
    // Programs send no Origin; an old browser sends that of the page.
    return origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
  };
  return (req, res, next) => {
    if (req.method !== 'POST' || !needsNoPreflight(req.headers) || !isForeign(req)) return next();
    handleError(
      req,
      res,
      forbidden('The Origin of this request is another site: add it to CORS_ORIGINS.'),
    );
  };
}
