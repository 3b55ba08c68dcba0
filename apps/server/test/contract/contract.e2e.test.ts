import * as contracts from '@synap/contracts';
import { boundScopes, scopeSchema } from '@synap/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startServerUnderTest } from '../server-under-test.js';
import { readDocument, type ServedDocument } from './document.js';
import { callers, makeWorld, type World } from './fixture.js';
import { isRecord, mask } from './json.js';
import { statusByKey } from './keys.js';
import { procedures } from './procedures.js';
import { goodAsk, rowOf, rows } from './rows.js';
import {
  expectError,
  expectListedErrors,
  expectOddAnswersInside,
  type Stage,
  withholdBodies,
} from './statuses.js';

let stage: Stage;
let world: World;
let document: ServedDocument;
let withheld: ReturnType<typeof withholdBodies>;

beforeAll(async () => {
  const variables = { SIGNUP: 'closed', SYNAP_ROLE: 'server' };
  const [made, closed] = await Promise.all([makeWorld(), startServerUnderTest({ variables })]);
  world = made;
  document = await readDocument(world.server.origin);
  stage = { world, closed, document };
  withheld = withholdBodies(stage);
});
afterAll(async () => {
  await Promise.allSettled(withheld.values());
  await Promise.all([world.close(), stage.closed.close()]);
});

describe('the table', () => {
  it('has a row for every procedure, and for nothing else', () => {
    expect(Object.keys(rows).sort()).toEqual(procedures.map(({ path }) => path).sort());
  });

  it('knows every endpoint of the contracts once', () => {
    const isEndpoint = (value: unknown) =>
      isRecord(value) && typeof value.access === 'string' && value.output instanceof z.ZodType;
    // Private procedures are in no public router: private-api.e2e.test.ts calls them.
    const { privateUsers: _, ...served } = contracts;
    const endpoints = Object.values<unknown>(served).flatMap((value) =>
      isRecord(value) ? Object.values(value).filter(isEndpoint) : [],
    );
    const known: unknown[] = Object.values(rows).map(({ endpoint }) => endpoint);
    expect(endpoints.length).toBeGreaterThan(20);
    expect(new Set(known).size).toBe(known.length);
    expect(endpoints.filter((endpoint) => !known.includes(endpoint))).toEqual([]);
  });

  it('knows every scope that a procedure asks for, and no other', () => {
    const asked = procedures.flatMap(({ meta }) => meta.scope ?? []);
    expect([...new Set(asked)].sort()).toEqual([...scopeSchema.options].sort());
  });

  it.each(procedures.map((procedure) => [procedure.path, procedure] as const))(
    '%s declares its REST form, summary, tags, output, scope, and what the contract says of it',
    (_path, procedure) => {
      const { meta, input, output } = procedure;
      const { endpoint } = rowOf(procedure);
      expect(meta.openapi, 'meta.openapi').toBeDefined();
      expect(meta.openapi?.enabled, 'it must be reachable over REST').not.toBe(false);
      expect(meta.openapi?.summary ?? '', 'summary').not.toBe('');
      expect(meta.openapi?.tags?.length, 'tags').toBeGreaterThan(0);
      expect(output, 'output').toBe(endpoint.output);
      expect(input, 'input').toBe(endpoint.input);
      expect(meta.access, 'access').toBe(endpoint.access);
      expect(meta.scope, 'scope: null where no key may call').not.toBe(undefined);
    },
  );
});

describe('lists', () => {
  const lists = procedures
    .filter(({ path }) => path.endsWith('.list'))
    .map((procedure) => [procedure.path, procedure] as const);

  it.each(lists)('%s needs no input on either face', async (_path, procedure) => {
    const ask = { token: world.tokenOf('superuser') };
    for (const answer of [
      await world.faces.rest(procedure, ask),
      await world.faces.rpc(procedure, ask),
    ])
      expect(answer.json, answer.text).toMatchObject({ items: expect.any(Array) });
  });
});

describe.each(procedures.map((procedure) => [procedure.path, procedure] as const))(
  '%s',
  (_path, procedure) => {
    it('is open to those of its row on both faces, and to nobody else', async () => {
      const row = rowOf(procedure);
      for (const caller of callers) {
        const wanted = row.callers[caller];
        const rest = await world.faces.rest(procedure, await goodAsk(procedure, world, caller));
        const rpc = await world.faces.rpc(procedure, await goodAsk(procedure, world, caller));
        expect([rest.status, rpc.status], `${caller}: ${rest.text}`).toEqual([
          wanted,
          wanted < 400 ? 200 : wanted,
        ]);
        expect(rest.problem?.code, caller).toBe(rpc.problem?.code);
        expect(document.faultOf(procedure, rest), caller).toBeUndefined();
      }
    });

    it('is open to an API key with its scope as to the owner, to one without it not at all', async () => {
      const row = rowOf(procedure);
      const scope = procedure.meta.scope ?? null;
      const wanted = statusByKey(procedure, row);
      const byKey = async (token: string, status: number, place: string) => {
        const rest = await world.faces.rest(procedure, {
          ...(await goodAsk(procedure, world, 'user')),
          token,
        });
        const rpc = await world.faces.rpc(procedure, {
          ...(await goodAsk(procedure, world, 'user')),
          token,
        });
        expect([rest.status, rpc.status], `${place}: ${rest.text}`).toEqual([
          status,
          status < 400 ? 200 : status,
        ]);
        expect(rest.problem?.code, place).toBe(rpc.problem?.code);
        expect(document.faultOf(procedure, rest), place).toBeUndefined();
        return rest;
      };
      await byKey(await world.keys.with(scope), wanted.with, 'a key with it');
      const { problem } = await byKey(
        await world.keys.without(scope),
        wanted.without,
        'a key without it',
      );
      if (scope) expect(problem?.detail).toContain(`"${scope}"`);
      if (!scope || !boundScopes.includes(scope))
        return expect(row.elsewhere, 'no bound key may have the scope').toBeUndefined();
      if (row.elsewhere === undefined)
        throw new Error(
          `${procedure.path}: say in its row what a key bound to another dashboard gets.`,
        );
      await byKey(await world.keys.elsewhere(), row.elsewhere, 'a key bound to another dashboard');
    });

    it('answers both faces alike, as its schema and the document say', async () => {
      const row = rowOf(procedure);
      const one = await goodAsk(procedure, world);
      const rest = await world.faces.rest(procedure, one);
      const rpc = await world.faces.rpc(
        procedure,
        row.changes ? await goodAsk(procedure, world) : one,
      );
      expect(document.faultOf(procedure, rest)).toBeUndefined();
      expect(mask(rpc.json, row.differs ?? [])).toEqual(mask(rest.json, row.differs ?? []));
      expect(procedure.output?.safeParse(rpc.output)).toEqual({ success: true, data: rpc.output });
    });

    it('gives each error that the document lists for it', { timeout: 30_000 }, () =>
      expectListedErrors(stage, procedure),
    );

    it('answers inside the document whatever the request is like', () =>
      expectOddAnswersInside(stage, procedure));
  },
);

describe('a body that does not come', () => {
  it('is answered with 408 by every procedure that lists it', { timeout: 30_000 }, async () => {
    expect(withheld.size).toBeGreaterThan(5);
    for (const [procedure, answers] of withheld) {
      for (const answer of await answers) expectError(document, procedure, answer, 408);
    }
  });
});
