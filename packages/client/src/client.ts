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

/** The server refuses larger batches. */
const maxBatchSize = 10;

/** What the client offers beside the procedures; the `$` keeps it from hiding one. */
export interface ClientHelpers {
  readonly $session: Session;
}

/** Every procedure of the server, called as tRPC does, and the helpers. */
export type SynapClient = ProcedureCalls & ClientHelpers;

/**
 * A client of the Synap server at `url`. Calls reject with `SynapError` only.
 * @throws TypeError when the options make no sense
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
          const own = await headers();
          const token = access.token();
          if (token === undefined) return own;
          for (const { context } of opList) sentTokens.set(context, token);
          return { ...own, authorization: `Bearer ${token}` };
        },
      }),
    ],
  });

  const helpers: ClientHelpers = { $session };
  const isHelper = (key: PropertyKey): key is keyof ClientHelpers => Object.hasOwn(helpers, key);
  return createTRPCFlatProxy<SynapClient>((key) => (isHelper(key) ? helpers[key] : calls[key]));
}
