import { randomUUID } from 'node:crypto';
import { boundScopes, type Endpoint, features, scopeSchema } from '@synap/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServerUnderTest } from '../server-under-test.js';
import { caseOf, contractCases, validCall } from './cases.js';
import { readDocument, type ServedDocument } from './document.js';
import { callers, createFixture, type Fixture } from './fixture.js';
import { mask } from './json.js';
import { statusByKey } from './keys.js';
import { procedures } from './procedures.js';
import {
  expectError,
  expectListedErrors,
  expectUnusualCallsConform,
  type Stage,
  withholdBodies,
} from './statuses.js';

let stage: Stage;
let fixture: Fixture;
let document: ServedDocument;
let withheld: ReturnType<typeof withholdBodies>;

beforeAll(async () => {
  const variables = { SIGNUP: 'closed', SYNAP_ROLE: 'server' };
  const [made, closed] = await Promise.all([createFixture(), startServerUnderTest({ variables })]);
  fixture = made;
  document = await readDocument(fixture.server.origin);
  stage = { fixture, closed, document };
  withheld = withholdBodies(stage);
});
afterAll(async () => {
  await Promise.allSettled(withheld.values());
  await Promise.all([fixture.close(), stage.closed.close()]);
});

describe('the contract cases', () => {
  it('cover every procedure, and nothing else', () => {
    expect(Object.keys(contractCases).sort()).toEqual(procedures.map(({ path }) => path).sort());
  });

  it('are served: every endpoint of the contracts, each by one procedure', () => {
    // private-api.e2e.test.ts tests private procedures, which no public router contains.
    const { privateUsers: _, ...served } = features;
    const endpoints = Object.values(served).flatMap((contract) =>
      Object.values<Endpoint>(contract).map(({ method, path }) => `${method} ${path}`),
    );
    const routes = procedures.map(({ meta: { openapi } }) => `${openapi?.method} ${openapi?.path}`);
    expect(routes.sort()).toEqual(endpoints.sort());
  });

  it('list exactly the scopes that procedures require', () => {
    const requiredScopes = procedures.flatMap(({ meta }) => meta.scope ?? []);
    expect([...new Set(requiredScopes)].sort()).toEqual([...scopeSchema.options].sort());
  });

  it.each(procedures.map((procedure) => [procedure.path, procedure] as const))(
    '%s declares its REST route, summary, tags, output, access and scope',
    (_path, procedure) => {
      const { meta, output } = procedure;
      expect(meta.openapi, 'meta.openapi').toBeDefined();
      expect(meta.openapi?.enabled, 'it must be reachable over REST').not.toBe(false);
      expect(meta.openapi?.summary ?? '', 'summary').not.toBe('');
      expect(meta.openapi?.tags?.length, 'tags').toBeGreaterThan(0);
      expect(output, 'output').toBeDefined();
      expect(meta.access, 'access').toBeDefined();
      expect(meta.scope, 'scope: null if no key may call').not.toBe(undefined);
    },
  );
});

it('some procedures accept an Idempotency-Key', () => {
  expect(procedures.filter(document.acceptsIdempotencyKey).length).toBeGreaterThan(2);
});

describe('lists', () => {
  const lists = procedures
    .filter(({ path }) => path.endsWith('.list'))
    .map((procedure) => [procedure.path, procedure] as const);

  it.each(lists)('%s needs no input over either transport', async (_path, procedure) => {
    const call = { token: fixture.tokenOf('superuser') };
    for (const response of [
      await fixture.clients.rest(procedure, call),
      await fixture.clients.rpc(procedure, call),
    ])
      expect(response.json, response.text).toMatchObject({ items: expect.any(Array) });
  });
});

describe.each(procedures.map((procedure) => [procedure.path, procedure] as const))(
  '%s',
  (_path, procedure) => {
    it('accepts exactly the callers of its case, over both transports', async () => {
      const contractCase = caseOf(procedure);
      for (const caller of callers) {
        const wanted = contractCase.callers[caller];
        const rest = await fixture.clients.rest(
          procedure,
          await validCall(procedure, fixture, caller),
        );
        const rpc = await fixture.clients.rpc(
          procedure,
          await validCall(procedure, fixture, caller),
        );
        expect([rest.status, rpc.status], `${caller}: ${rest.text}`).toEqual([
          wanted,
          wanted < 400 ? 200 : wanted,
        ]);
        expect(rest.problem?.code, caller).toBe(rpc.problem?.code);
        expect(document.violationOf(procedure, rest), caller).toBeUndefined();
      }
    });

    it('accepts an API key with its scope like the owner, and rejects one without it', async () => {
      const contractCase = caseOf(procedure);
      const scope = procedure.meta.scope ?? null;
      const wanted = statusByKey(procedure, contractCase);
      const byKey = async (token: string, status: number, place: string) => {
        const rest = await fixture.clients.rest(procedure, {
          ...(await validCall(procedure, fixture, 'user')),
          token,
        });
        const rpc = await fixture.clients.rpc(procedure, {
          ...(await validCall(procedure, fixture, 'user')),
          token,
        });
        expect([rest.status, rpc.status], `${place}: ${rest.text}`).toEqual([
          status,
          status < 400 ? 200 : status,
        ]);
        expect(rest.problem?.code, place).toBe(rpc.problem?.code);
        expect(document.violationOf(procedure, rest), place).toBeUndefined();
        return rest;
      };
      await byKey(await fixture.keys.with(scope), wanted.with, 'a key with it');
      const { problem } = await byKey(
        await fixture.keys.without(scope),
        wanted.without,
        'a key without it',
      );
      if (scope) expect(problem?.detail).toContain(`"${scope}"`);
      if (!scope || !boundScopes.includes(scope))
        return expect(
          contractCase.otherDashboardStatus,
          'no bound key may have the scope',
        ).toBeUndefined();
      if (contractCase.otherDashboardStatus === undefined)
        throw new Error(`${procedure.path}: set otherDashboardStatus in its contract case.`);
      await byKey(
        await fixture.keys.forOtherDashboard(),
        contractCase.otherDashboardStatus,
        'a key bound to another dashboard',
      );
    });

    it('returns the same over both transports, and conforms to schema and document', async () => {
      const contractCase = caseOf(procedure);
      const one = await validCall(procedure, fixture);
      const rest = await fixture.clients.rest(procedure, one);
      const rpc = await fixture.clients.rpc(
        procedure,
        contractCase.changes ? await validCall(procedure, fixture) : one,
      );
      expect(document.violationOf(procedure, rest)).toBeUndefined();
      expect(mask(rpc.json, contractCase.volatileFields ?? [])).toEqual(
        mask(rest.json, contractCase.volatileFields ?? []),
      );
      expect(procedure.output?.safeParse(rpc.output)).toEqual({ success: true, data: rpc.output });
    });

    it('replays its first response under a repeated Idempotency-Key, if it accepts one', async () => {
      if (!document.acceptsIdempotencyKey(procedure)) return;
      const headers = { 'idempotency-key': randomUUID() };
      const call = { ...(await validCall(procedure, fixture)), headers };
      const first = await fixture.clients.rest(procedure, call);
      const second = await fixture.clients.rest(procedure, call);
      expect(first.headers.get('idempotency-replayed')).toBeNull();
      expect(second.headers.get('idempotency-replayed')).toBe('true');
      expect([second.status, second.text]).toEqual([first.status, first.text]);
      for (const name of ['content-type', 'content-length', 'location', 'etag'])
        expect(second.headers.get(name), name).toBe(first.headers.get(name));
    });

    it('returns each error that the document lists', { timeout: 30_000 }, () =>
      expectListedErrors(stage, procedure),
    );

    it('conforms to the document for unusual requests', () =>
      expectUnusualCallsConform(stage, procedure));
  },
);

describe('a body that never arrives', () => {
  it('gets 408 from every procedure that lists it', { timeout: 30_000 }, async () => {
    expect(withheld.size).toBeGreaterThan(5);
    for (const [procedure, responses] of withheld) {
      for (const response of await responses) expectError(document, procedure, response, 408);
    }
  });
});
