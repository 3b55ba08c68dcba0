import { createTRPCClient, httpBatchLink } from '@trpc/client';
import { createTRPCFlatProxy } from '@trpc/server';
import { callLink, type SentTokens } from './call/call-link.js';
import { transformer } from './call/transformer.js';
import { createTransport } from './call/transport.js';
import { maxUrlLength } from './call/url-length.js';
import { type ClientOptions, resolveOptions } from './options.js';
import { createKeyAccess } from './session/api-key.js';
import { createAuthCalls } from './session/auth-calls.js';
import { createSession, type Session } from './session/session.js';
import type { AppRouter } from './types.js';
import type { ProcedureCalls } from './widgets.js';

/** The server rejects larger batches. */
const maxBatchSize = 10;

/** Helpers of the client. The `$` prefix keeps them apart from the procedures. */
export interface ClientHelpers {
  /** Signs in and out, and exposes the state of the session. */
  readonly $session: Session;
}

/** Every procedure of the server, called as in tRPC, and the helpers. */
export type SynapClient = ProcedureCalls & ClientHelpers;

/**
 * Creates a client of the Synap server at `url`. Calls reject with `SynapError` only.
 *
 * @example
 * ```ts
 * const client = createClient({ url: 'https://synap.example.org' });
 * await client.$session.signIn({ email, password });
 * const { items } = await client.dashboards.list.query({ size: 50 });
 * ```
 * @throws TypeError if an option is invalid, or two options exclude each other
 */
export function createClient(options: ClientOptions): SynapClient {
  const { baseUrl, rpcUrl, apiKey, tokens, session, fetch, headers, retries, onSessionEnd } =
    resolveOptions(options);
  const transport = createTransport(baseUrl, fetch);
  const { $session, access } =
    apiKey === undefined
      ? createSession({
          ...session,
          onSessionEnd,
          auth: createAuthCalls({ rpcUrl, transport, headers, cookie: session.cookie }),
        })
      : createKeyAccess(apiKey);
  if (tokens) void $session.restore(tokens);

  const sentTokens: SentTokens = new WeakMap();
  const calls = createTRPCClient<AppRouter>({
    links: [
      callLink({ rpcUrl, access, sentTokens, retries }),
      httpBatchLink({
        url: rpcUrl,
        fetch: transport,
        transformer,
        maxItems: maxBatchSize,
        maxURLLength: maxUrlLength,
        headers: async ({ opList }) => {
          const baseHeaders = await headers();
          const token = access.token();
          if (token === undefined) return baseHeaders;
          for (const { context } of opList) sentTokens.set(context, token);
          return { ...baseHeaders, authorization: `Bearer ${token}` };
        },
      }),
    ],
  });

  const helpers: ClientHelpers = { $session };
  const isHelper = (key: PropertyKey): key is keyof ClientHelpers => Object.hasOwn(helpers, key);
  return createTRPCFlatProxy<SynapClient>((key) => (isHelper(key) ? helpers[key] : calls[key]));
}
