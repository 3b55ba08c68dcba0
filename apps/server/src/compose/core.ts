import type { Meta } from '@synap/contracts';
import { type Core, createServices } from '@synap/core';
import { renderMail } from '@synap/mail';
import {
  createAccessTokens,
  createPasswordHasher,
  createRefreshTokens,
  signingKeysOf,
} from '@synap/security';
import type { Environment } from '../config/env.js';
import { basePathOf } from '../config/public-url.js';
import { version } from '../config/version.js';
import { listRoutes } from '../openapi/routes.js';
import type { OpenDatabase } from './database.js';
import type { OpenLimits } from './limits.js';
import type { OpenModules } from './modules.js';
import type { ServerContext } from './server-context.js';

interface CoreDeps {
  database: Pick<OpenDatabase, 'database' | 'readiness'>;
  modules: Pick<OpenModules, 'registry' | 'widgetCache'>;
  limits: Pick<OpenLimits, 'identity'>;
}

/** Wires the services with the secrets and rules of this installation. */
export function createCore(
  { environment, secrets, secretBox, origin, api }: ServerContext,
  { database: { database, readiness }, modules, limits }: CoreDeps,
): Core {
  return createServices({
    database,
    registry: modules.registry,
    widgetCache: modules.widgetCache,
    databaseState: readiness.state,
    probeDatabase: readiness.check,
    hasher: createPasswordHasher(),
    accessTokens: createAccessTokens({
      keys: signingKeysOf(secrets.access),
      issuer: 'synap',
      audience: 'synap',
    }),
    refreshTokens: createRefreshTokens({ keys: signingKeysOf(secrets.refresh) }),
    secretBox,
    renderMail,
    verifyEmail: environment.verifyEmail,
    passwordGrant: environment.passwordGrant,
    linkTo: (path) => `${origin.url()}${path}`,
    localDomains: environment.environment === 'local',
    guard: limits.identity,
    meta: metaOf(environment),
    routes: listRoutes(api.restPath, api.router),
  });
}

function metaOf({ environment, signup, docs, publicUrl }: Environment): Meta {
  return {
    name: 'Synap',
    version,
    environment,
    signup,
    docs: docs ? `${basePathOf({ publicUrl })}/docs` : null,
  };
}
