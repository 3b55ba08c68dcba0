import { createTRPCClient, httpLink } from '@trpc/client';
import { delayAfter, pause } from '../call/retry.js';
import { transformer } from '../call/transformer.js';
import type { Transport } from '../call/transport.js';
import { abortedBy, toSynapError } from '../errors/read-error.js';
import type { AppRouter, RouterInputs, RouterOutputs } from '../types.js';

/** Timeout of one refresh attempt, in milliseconds. */
const refreshTimeout = 5_000;
/**
 * Milliseconds after which no further refresh attempt starts. A retry is safe: the server returns
 * an unused successor again, so a lost response can be requested later.
 */
const refreshWindow = 8_000;
const refreshRetries = 3;

/** Calls that start, renew and end a session. They are sent alone and without its token. */
export interface AuthCalls {
  login(
    credentials: RouterInputs['auth']['login'],
    signal?: AbortSignal,
  ): Promise<RouterOutputs['auth']['login']>;
  refresh(refreshToken: string): Promise<RouterOutputs['auth']['refresh']>;
  logout(accessToken: string): Promise<void>;
}

/** Required by the server as CSRF protection: a foreign page cannot set this header. */
const cookieHeaders = { 'x-synap-client': '1' };

export interface AuthCallsOptions {
  rpcUrl: string;
  transport: Transport;
  headers: () => Promise<Record<string, string>>;
  /** The browser's cookie holds the refresh token. */
  cookie: boolean;
}

export function createAuthCalls({
  rpcUrl,
  transport,
  headers,
  cookie,
}: AuthCallsOptions): AuthCalls {
  const { auth } = createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: rpcUrl,
        fetch: (url, init) => transport(url, cookie ? { ...init, credentials: 'include' } : init),
        transformer,
        headers: async ({ op }) => {
          const { accessToken } = op.context;
          return {
            ...(await headers()),
            ...(cookie && cookieHeaders),
            ...(typeof accessToken === 'string' && { authorization: `Bearer ${accessToken}` }),
          };
        },
      }),
    ],
  });
  const fail = (thrown: unknown): never => {
    throw toSynapError(thrown);
  };

  return {
    login: (credentials, signal) =>
      auth.login
        .mutate({ ...credentials, ...(cookie && { cookie }) }, { signal })
        .catch((thrown: unknown) => fail(signal?.aborted ? abortedBy(signal) : thrown)),
    logout: (accessToken) =>
      auth.logout.mutate(undefined, { context: { accessToken } }).catch(fail),
    async refresh(refreshToken) {
      const since = Date.now();
      for (let failures = 1; ; failures += 1) {
        const signal = AbortSignal.timeout(refreshTimeout);
        try {
          return await auth.refresh.mutate(cookie ? {} : { refreshToken }, { signal });
        } catch (thrown) {
          const error = toSynapError(thrown);
          const wait = delayAfter(error, failures, refreshRetries);
          if (wait === undefined || Date.now() + wait - since > refreshWindow) throw error;
          await pause(wait);
        }
      }
    },
  };
}
