import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from '@synap/api';
import type { Actor, AnonymousActor, Authenticate, ReportLimit, Services } from '@synap/contracts';
import { bearerToken } from '@synap/http';
import { isSameText } from '@synap/security';
import type { AddressOf } from './address.js';
import { type ApiLimits, reportLimit } from './limits/index.js';
import type { CookieOf } from './refresh-cookie.js';
import { requestIdOf } from './request-logging.js';

const anonymous: AnonymousActor = { kind: 'anonymous' };

/** Maximum length of an `Authorization` header in characters. A longer one is ignored. */
const maxHeaderLength = 4096;

export interface ContextDeps {
  services: Services;
  authenticate: Authenticate;
  limits: ApiLimits;
  addressOf: AddressOf;
  cookieOf: CookieOf;
  /** Undefined if the private API is off. */
  privateToken: string | undefined;
}

/** Creates the context of a request. Never fails, so that every error has a request id. */
export function createContextFactory({
  services,
  authenticate,
  limits,
  addressOf,
  cookieOf,
  privateToken,
}: ContextDeps) {
  return (req: IncomingMessage, res: ServerResponse, signal: AbortSignal, calls = 1): Context => {
    let actor: Promise<Actor> | undefined;
    const report: ReportLimit = (state) => reportLimit(res, state);
    const identify = async (): Promise<Actor> => {
      const { authorization = '' } = req.headers;
      const token = authorization.length > maxHeaderLength ? undefined : bearerToken(authorization);
      if (token === undefined) return anonymous;
      const found = await authenticate(token);
      if (found.kind === 'user') {
        req.userId = found.userId;
        // API keys have a separate budget, so that a flooding program cannot keep its owner from
        // removing the key.
        await limits.countUser(found.key ? `keys of ${found.userId}` : found.userId, report, calls);
      }
      return found;
    };
    const given = req.headers['x-synap-private-token'];
    return {
      services,
      hasPrivateToken:
        privateToken !== undefined && typeof given === 'string' && isSameText(given, privateToken),
      call: {
        actor: anonymous,
        requestId: requestIdOf(req),
        address: addressOf(req),
        userAgent: req.headers['user-agent'],
        signal,
        cookie: cookieOf(req, res),
        reportLimit: report,
      },
      authenticate() {
        actor ??= identify();
        return actor;
      },
    };
  };
}
