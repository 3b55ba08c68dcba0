import { createSecretBox, type SecretBox, signingKeysOf } from '@synap/security';
import type { Logger } from 'pino';
import type { HeartbeatTimes } from '../background/heartbeat.js';
import type { Environment } from '../config/env.js';
import { resolvePrivateToken, resolveSecrets, type Secrets } from '../config/secrets.js';
import { type AddressOf, createAddressOf } from '../http/address.js';
import type { ConnectionLimits } from '../http/connections/index.js';
import { type ErrorReports, noErrorReports } from '../observability/error-reports.js';
import { type Api, selectApi } from './api.js';
import { createPublicOrigin, type PublicOrigin } from './public-origin.js';

export interface ServerOptions {
  environment: Environment;
  /** Unparsed environment variables; modules read their configuration from them. */
  variables: Record<string, string | undefined>;
  log: Logger;
  /** Prints one line to the operator. */
  print: (line: string) => void;
  /** Receives unexpected errors. The caller closes it. */
  errors?: ErrorReports;
  /** Overrides the default time-outs and bounds of connections; for tests. */
  connectionLimits?: Partial<ConnectionLimits>;
  /** Overrides the intervals of the worker's heartbeat; for tests. */
  heartbeat?: HeartbeatTimes;
}

/** Settings and values that several components share. None of them has to be closed. */
export interface ServerContext extends ServerOptions {
  errors: ErrorReports;
  secrets: Secrets;
  secretBox: SecretBox;
  /** Undefined if the private API is off. */
  privateToken: string | undefined;
  api: Api;
  origin: PublicOrigin;
  addressOf: AddressOf;
}

export async function createServerContext(options: ServerOptions): Promise<ServerContext> {
  const { environment, errors = noErrorReports } = options;
  const secrets = await resolveSecrets(environment);
  return {
    ...options,
    errors,
    secrets,
    secretBox: createSecretBox({ keys: signingKeysOf(secrets.encryption) }),
    privateToken: await resolvePrivateToken(environment),
    api: selectApi(environment),
    origin: createPublicOrigin(environment),
    addressOf: createAddressOf(environment.trustProxy),
  };
}
