import type { Call, Services } from '@synap/contracts';
import { expect, expectTypeOf, it } from 'vitest';
import { proceduresOf } from './procedures.js';
import { appRouter } from './router.js';
import { router } from './trpc.js';

const call: Call = {
  actor: { kind: 'anonymous' },
  requestId: 'r-1',
  address: '127.0.0.1',
  signal: new AbortController().signal,
};

function callerOf(services: Partial<Services>) {
  const missing = new Proxy(services, {
    get: (target, name) => Reflect.get(target, name) ?? expect.fail(`${String(name)} was called`),
  });
  return router({ system: proceduresOf('system') }).createCaller({
    services: Object.assign(missing),
    call,
    authenticate: async () => call.actor,
    hasPrivateToken: false,
  });
}

it('calls the service method of the procedure’s name, with call and input', async () => {
  const calls: unknown[] = [];
  const health = async (...args: unknown[]) => {
    calls.push(args);
    return { status: 'ok', database: 'ready', version: '1' } as const;
  };
  const caller = callerOf({ system: Object.assign({ health }) });
  expect(await caller.system.health()).toEqual({ status: 'ok', database: 'ready', version: '1' });
  expect(calls).toEqual([[call, undefined]]);
});

it('rejects callers without the access of the contract before the service is called', async () => {
  await expect(callerOf({}).system.routes()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
});

it('makes GET a query and every other method a mutation, with exact types', () => {
  const { list, create } = appRouter.dashboards;
  expect([list._def.type, create._def.type]).toEqual(['query', 'mutation']);
  expectTypeOf<(typeof list)['_def']['$types']['input']>().toEqualTypeOf<
    { cursor?: string | undefined; size?: number | undefined } | undefined
  >();
  expectTypeOf<(typeof create)['_def']['$types']['output']['createdAt']>().toEqualTypeOf<Date>();
});
