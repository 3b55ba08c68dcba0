import cors from 'cors';
import helmet from 'helmet';
import type { Environment } from '../config/env.js';
import { basePathOf } from '../config/public-url.js';
import type { OriginRule } from './cors-rule.js';
import type { Middleware } from './middleware.js';

const exposedHeaders = [
  'X-Request-Id',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'WWW-Authenticate',
  'ETag',
  'Link',
  'Location',
  'Deprecation',
  'Idempotency-Replayed',
];

export const crossOriginHeaders = (origin: OriginRule): Middleware =>
  cors({ origin, credentials: true, maxAge: 600, exposedHeaders, preflightContinue: true });

/** Sets the security headers of API responses; pages set their own content policy. */
export function securityHeaders({ publicUrl }: Environment): Middleware {
  const isHttps = publicUrl?.startsWith('https:') ?? false;
  // Below a base path the host serves other applications, so HSTS must not bind its subdomains.
  const includeSubDomains = basePathOf({ publicUrl }) === '';
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    // For browsers that do not support `frame-ancestors`.
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: isHttps && { includeSubDomains },
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
}

/**
 * Disables caching by default, because responses hold personal data or momentary state, and caches
 * may store a 404. Cacheable responses override it, such as pages and objects with an `ETag`.
 */
export const noStore: Middleware = (_req, res, next) => {
  res.setHeader('cache-control', 'no-store');
  next();
};
