// Compiled, never run: every line marked as an error must stay one.
import { expectTypeOf } from 'vitest';
import {
  type AppRouter,
  createClient,
  isSynapError,
  type RouterInputs,
  type RouterOutputs,
  type SynapClient,
  SynapError,
  type SynapErrorCode,
} from './index.js';

expectTypeOf<AppRouter>().not.toBeAny();
expectTypeOf<SynapClient>().not.toBeAny();
expectTypeOf<RouterInputs>().not.toBeAny();
expectTypeOf<RouterOutputs>().not.toBeAny();

/** Routers whose `list` requires an input. */
type DemandingLists = {
  [Name in keyof RouterInputs]: RouterInputs[Name] extends { list: infer Input }
    ? undefined extends Input
      ? never
      : Name
    : never;
}[keyof RouterInputs];
expectTypeOf<DemandingLists>().toBeNever();
expectTypeOf<Date>().toExtend<RouterInputs['apiKeys']['create']['expiresAt']>();
expectTypeOf<{ from: Date; to: string }>().toExtend<RouterInputs['events']['list']>();

const client = createClient({ url: 'http://localhost:3000' });
createClient({ url: new URL('http://localhost:3000'), auth: { apiKey: 'syn_a_b' } });
createClient({
  url: 'http://localhost:3000',
  auth: { refreshToken: 'a.1.b' },
  fetch: globalThis.fetch,
});
// @ts-expect-error the address is needed
createClient({});
// @ts-expect-error an unknown way to sign in
createClient({ url: 'http://localhost:3000', auth: { cookie: true } });

export async function calls(id: string) {
  const dashboard = await client.dashboards.get.query(
    { id },
    { signal: new AbortController().signal },
  );
  expectTypeOf(dashboard).toEqualTypeOf<RouterOutputs['dashboards']['get']>();
  expectTypeOf(dashboard.createdAt).toEqualTypeOf<Date>();
  expectTypeOf(dashboard.version).toEqualTypeOf<number>();
  expectTypeOf(dashboard.widgets).items.toHaveProperty('widgetId').toEqualTypeOf<string>();
  const { nextCursor } = await client.modules.list.query({});
  expectTypeOf(nextCursor).toEqualTypeOf<string | null>();
  const { items } = await client.modules.list.query({ size: 5 });
  expectTypeOf(items)
    .items.toHaveProperty('status')
    .toEqualTypeOf<'ready' | 'failed' | 'degraded'>();

  // @ts-expect-error a misspelt router
  client.dashboard.get.query({ id });
  // @ts-expect-error a misspelt procedure
  client.dashboards.fetch.query({ id });
  // @ts-expect-error a mutation is not a query
  client.dashboards.create.query({ name: 'Mine' });
  // @ts-expect-error a missing parameter
  client.dashboards.get.query({});
  // @ts-expect-error a parameter of the wrong type
  client.dashboards.get.query({ id: 5 });
  // @ts-expect-error a misspelt parameter
  client.dashboards.create.mutate({ name: 'Mine', widget: [] });
  // @ts-expect-error a field that is not there
  dashboard.title;
  const place = { moduleId: 'git', widgetId: 'commits', x: 0, y: 0, w: 1, h: 1 };
  client.dashboards.create.mutate({ name: 'Mine', widgets: [{ ...place, params: { limit: 5 } }] });
  client.dashboards.create.mutate({
    name: 'Mine',
    // @ts-expect-error a widget parameter must be JSON
    widgets: [{ ...place, params: { at: () => 1 } }],
  });
}

export async function session() {
  await client.$session.signIn({
    email: 'ada@example.org',
    password: 'correct horse battery staple',
  });
  // @ts-expect-error a missing password
  await client.$session.signIn({ email: 'ada@example.org' });
  // @ts-expect-error the helpers are not procedures
  client.$session.query();
  expectTypeOf(client.$session.current.status).toEqualTypeOf<
    'unknown' | 'signed-in' | 'signed-out'
  >();
}

export function errors(error: unknown) {
  if (isSynapError(error, 'too_many_requests')) {
    expectTypeOf(error.code).toEqualTypeOf<'too_many_requests'>();
    expectTypeOf(error.retryAfter).toEqualTypeOf<number | undefined>();
  }
  if (isSynapError(error, 'conflict', 'stale_version'))
    expectTypeOf(error.code).toEqualTypeOf<'conflict' | 'stale_version'>();
  if (isSynapError(error)) {
    expectTypeOf(error.code).toEqualTypeOf<SynapErrorCode>();
    expectTypeOf(error.errors).items.toEqualTypeOf<{
      pointer: string;
      message: string;
      code: string;
    }>();
    // @ts-expect-error a misspelt code
    if (error.code === 'not-found') return;
  }
  // @ts-expect-error a misspelt code
  isSynapError(error, 'notfound');
  // @ts-expect-error the code comes first, and is one of the set
  return new SynapError('Dashboard not found');
}
