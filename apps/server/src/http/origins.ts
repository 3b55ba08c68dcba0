import type { IncomingMessage } from 'node:http';
import { forbidden } from '@synap/contracts';
import type { Environment } from '../config/env.js';
import { loopbackHost } from './address.js';
import type { ErrorHandler, Middleware } from './middleware.js';

export type OriginEnvironment = Pick<Environment, 'environment' | 'publicUrl' | 'corsOrigins'>;

/** Creates a check of `Origin`: `PUBLIC_URL`, `CORS_ORIGINS`, or this server on plain localhost. */
export function createOriginCheck({ environment, publicUrl, corsOrigins }: OriginEnvironment) {
  const origin = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  return (given: string, req: IncomingMessage): boolean => {
    if (given === origin || corsOrigins.includes(given)) return true;
    // Without PUBLIC_URL only loopback names are safe from DNS rebinding.
    const local =
      environment === 'local' && origin === undefined && loopbackHost.test(req.headers.host ?? '');
    return local && given === `http://${req.headers.host}`;
  };
}

const formTypes = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

/**
 * True if browsers send the request without a CORS preflight: a form, or no body. A bearer token
 * always needs a preflight.
 */
const needsNoPreflight = ({
  'content-type': type,
  authorization,
}: IncomingMessage['headers']): boolean =>
  type === undefined ? authorization === undefined : formTypes.test(type);

/**
 * Rejects forms and requests without a body from pages of another site. They need no CORS
 * preflight, so such a page could sign its visitors in or use up their attempts.
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
    // Programs send no Origin; an old browser sends the page's.
    return origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
  };
  return (req, res, next) => {
    if (req.method !== 'POST' || !needsNoPreflight(req.headers) || !isForeign(req)) return next();
    handleError(
      req,
      res,
      forbidden('The Origin of this request is not allowed: add it to CORS_ORIGINS.'),
    );
  };
}
