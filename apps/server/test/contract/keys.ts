import { boundScopes, type Scope, scopeSchema } from '@synap/contracts';
import type { RestResponse, ServerUnderTest } from '../server-under-test.js';
import type { Procedure } from './procedures.js';

/** API keys of one user, created on first use. */
export interface Keys {
  /** Returns a key with only this scope; with all scopes for null. */
  with(scope: Scope | null): Promise<string>;
  /** Returns a key with all scopes except this one. */
  without(scope: Scope | null): Promise<string>;
  /** Returns a key that is bound to an empty dashboard. */
  forOtherDashboard(): Promise<string>;
}

export function createKeys({ rest }: Pick<ServerUnderTest, 'rest'>, token: string): Keys {
  const made = new Map<string, Promise<string>>();
  const bodyOf = ({ status, text, body }: RestResponse) => {
    if (status !== 201) throw new Error(`Creating an API key failed with ${status}: ${text}`);
    return body;
  };
  const make = async (scopes: readonly Scope[], more: object = {}): Promise<string> =>
    bodyOf(
      await rest('POST', '/api-keys', { token, body: { name: 'Contract test', scopes, ...more } }),
    ).key;
  const once = (name: string, make: () => Promise<string>) => {
    const key = made.get(name) ?? make();
    made.set(name, key);
    return key;
  };
  const all = scopeSchema.options;

  return {
    with: (scope) => once(`with ${scope}`, () => make(scope === null ? all : [scope])),
    without: (scope) =>
      once(`without ${scope}`, () => make(all.filter((other) => other !== scope))),
    forOtherDashboard: () =>
      once('elsewhere', async () => {
        const { id } = bodyOf(
          await rest('POST', '/dashboards', { token, body: { name: 'Elsewhere' } }),
        );
        return make(boundScopes, { dashboardId: id });
      }),
  };
}

/** REST statuses of the valid call of `user`, made by an API key. */
export function statusByKey(
  { meta }: Procedure,
  { callers }: { readonly callers: { readonly user: number } },
): { with: number; without: number } {
  const { scope, access, openapi } = meta;
  if (scope) return { with: callers.user, without: 403 };
  const asksWho = access !== 'public' || openapi?.protect === true;
  return asksWho ? { with: 403, without: 403 } : { with: callers.user, without: callers.user };
}
