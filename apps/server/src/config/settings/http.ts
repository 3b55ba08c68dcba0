import { isIP } from 'node:net';
import { z } from 'zod';
import { normalizePublicUrl, publicUrlFault } from '../public-url.js';
import type { Stage } from './installation.js';
import {
  faultUnless,
  list,
  onOff,
  optional,
  port,
  type SettingFault,
  type SettingsOf,
  wholeNumber,
  withDefault,
} from './schemas.js';

const publicUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .transform((url, ctx) => {
    const message = publicUrlFault(url);
    if (message === undefined) return normalizePublicUrl(url);
    ctx.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** Addresses that the service listens on and is reached at, and who may call it. */
export const httpShape = {
  HOST: optional(z.string()),
  PORT: withDefault(port, '3000'),
  HTTP_MAX_CONNECTIONS: withDefault(wholeNumber(1, 1_000_000), '10000'),
  SHUTDOWN_DELAY: optional(wholeNumber(0, 300)),
  PUBLIC_URL: optional(publicUrl),
  CORS_ORIGINS: list.refine(
    (origins) => origins.every(isOrigin),
    'must be a comma-separated list of origins such as https://app.example.com; "*" is not allowed, because responses carry credentials',
  ),
  TRUST_PROXY: list.refine(
    (networks) => networks.every(isNetwork),
    'must be a comma-separated list of addresses or CIDR networks; not "true", and not a network of all addresses',
  ),
  DOCS_ENABLED: optional(onOff),
  VALIDATE_RESPONSES: optional(onOff),
  SYNAP_PRIVATE_API: withDefault(onOff, 'off'),
};

export type HttpSettings = SettingsOf<typeof httpShape>;

export function httpFaults(settings: HttpSettings & Stage): SettingFault[] {
  return [
    ...faultUnless(
      settings.SYNAP_ENV !== 'production' || settings.PUBLIC_URL !== undefined,
      'PUBLIC_URL',
      'is required in production: links must not depend on the Host header',
    ),
    ...faultUnless(
      settings.SYNAP_ENV === 'local' || !settings.SYNAP_PRIVATE_API,
      'SYNAP_PRIVATE_API',
      'creates accounts without authentication: it is allowed with SYNAP_ENV=local only',
    ),
  ];
}

const developmentOrigins = ['http://localhost:5173', 'http://127.0.0.1:5173'];

export function readHttp(settings: HttpSettings & Stage) {
  const isLocal = settings.SYNAP_ENV === 'local';
  const { CORS_ORIGINS: origins } = settings;
  return {
    host: settings.HOST ?? (isLocal ? '127.0.0.1' : '0.0.0.0'),
    port: settings.PORT,
    maxConnections: settings.HTTP_MAX_CONNECTIONS,
    /**
     * Milliseconds between failing readiness and closing the listener, so that load balancers
     * drain.
     */
    shutdownDelay: (settings.SHUTDOWN_DELAY ?? (isLocal ? 0 : 5)) * 1000,
    publicUrl: settings.PUBLIC_URL,
    corsOrigins: isLocal && origins.length === 0 ? developmentOrigins : origins,
    trustProxy: settings.TRUST_PROXY,
    docs: settings.DOCS_ENABLED ?? settings.SYNAP_ENV !== 'production',
    /** True to validate each response by its schema before it is written. */
    validateResponses: settings.VALIDATE_RESPONSES ?? settings.SYNAP_ENV !== 'production',
    privateApi: settings.SYNAP_PRIVATE_API,
  };
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return (
    bits === undefined ||
    (/^\d{1,3}$/.test(bits) && Number(bits) > 0 && Number(bits) <= (family === 4 ? 32 : 128))
  );
}

function isOrigin(text: string): boolean {
  try {
    return new URL(text).origin === text;
  } catch {
    return false;
  }
}
