import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { caseOf, validCall } from './cases.js';
import type { ApiResponse } from './clients.js';
import { readDocument, type ServedDocument } from './document.js';
import { createFixture, type Fixture } from './fixture.js';
import { assertProperty, fuzzRuns } from './fuzz.js';
import { invalidValue } from './generate-invalid.js';
import { type JsonSchema, limitTo } from './generate-text.js';
import {
  anyJson,
  type GeneratorOptions,
  propertiesOf,
  requiredOf,
  validValue,
} from './generate-valid.js';
import { isRecord } from './json.js';
import { type Procedure, procedures, routeOf } from './procedures.js';

let fixture: Fixture;
let document: ServedDocument;
beforeAll(async () => {
  fixture = await createFixture();
  document = await readDocument(fixture.server.origin);
});
afterAll(() => fixture.close());

const withInput = procedures.flatMap((procedure) =>
  procedure.input === undefined ? [] : ([[procedure.path, procedure, procedure.input]] as const),
);

function optionsOf(procedure: Procedure, input: z.ZodType): GeneratorOptions {
  const root: JsonSchema = { ...z.toJSONSchema(input, { io: 'input' }) };
  // The first transport would delete a known id before the second uses it.
  const ids = caseOf(procedure).changes ? [] : [fixture.dashboardId, fixture.runId];
  return { root, words: ['probe', 'count', ...ids], textual: !routeOf(procedure).hasBody };
}

/** Sends one input over both transports as a superuser. */
async function overBothTransports(
  procedure: Procedure,
  input: unknown,
): Promise<{ rest: ApiResponse; rpc: ApiResponse }> {
  const call = { token: fixture.tokenOf('superuser'), input };
  const undo = async () => void (await caseOf(procedure).undo?.(fixture, input));
  // Reverts first too: another procedure may have had the same effect.
  await undo();
  const rest = await fixture.clients.rest(procedure, call);
  await undo();
  const rpc = await fixture.clients.rpc(procedure, call);
  await undo();
  expect(Math.max(rest.status, rpc.status), `${rest.text}\n${rpc.text}`).toBeLessThan(500);
  expect(document.violationOf(procedure, rest)).toBeUndefined();
  return { rest, rpc };
}

/** Returns a different offset for each procedure, so that they do not share inputs. */
const offsetOf = (procedure: Procedure) => procedures.indexOf(procedure);

/** The machine-readable parts of an error. */
const errorOf = ({ status, problem }: ApiResponse) => ({
  status,
  code: problem?.code,
  errors: problem?.errors?.map(({ pointer, code }) => `${pointer} ${code}`).sort(),
});

/**
 * Expects equal errors over REST and RPC, unless the operation has another error format.
 */
function expectAlike({ meta }: Procedure, rest: ApiResponse, rpc: ApiResponse): void {
  expect(rest.status >= 400, `${rest.text} ${rpc.text}`).toBe(rpc.status >= 400);
  if (rest.status < 400) return;
  if (meta.openapi?.errorFormat === undefined) expect(errorOf(rest)).toEqual(errorOf(rpc));
  else
    expect(rest).toMatchObject({
      status: 400,
      error: { error: expect.any(String), error_description: expect.any(String) },
    });
}

describe.each(withInput)('%s', (_path, procedure, schema) => {
  it('rejects invalid input equally over both transports', { timeout: 60_000 }, async () => {
    const options = optionsOf(procedure, schema);
    const wrong = invalidValue(options.root, options);
    if (wrong === undefined) return expect(options.root.required).toBeUndefined();
    const isReal = (input: unknown) => !schema.safeParse(input).success;
    const property = fc.asyncProperty(
      limitTo(
        wrong.map((input) => withoutUnknown(procedure, options.root, input)),
        (input) => canBeExpressed(procedure, input) && isReal(input),
        'extend generate-invalid.ts.',
      ),
      async (input) => {
        const { rest, rpc } = await overBothTransports(procedure, input);
        expectAlike(procedure, rest, rpc);
        expect(rpc).toMatchObject({ status: 400, problem: { code: 'bad_request' } });
        expect(rpc.problem?.errors?.length).toBeGreaterThan(0);
      },
    );
    await assertProperty(property, { offset: offsetOf(procedure) });
  });

  it('treats valid input equally over both transports', { timeout: 60_000 }, async () => {
    const options = optionsOf(procedure, schema);
    const inputs = caseOf(procedure).inputs ?? validValue(options.root, options);
    const right = limitTo(
      inputs.map((input) => withoutUnknown(procedure, options.root, input)),
      (input) => canBeExpressed(procedure, input) && schema.safeParse(input).success,
      'set `inputs` in its contract case.',
    );
    const property = fc.asyncProperty(right, async (input) => {
      const { rest, rpc } = await overBothTransports(procedure, input);
      expectAlike(procedure, rest, rpc);
      // Only business rules may reject an input that matches the schema.
      expect(rpc.problem?.detail ?? '').not.toContain('The input is not valid');
    });
    await assertProperty(property, {
      offset: offsetOf(procedure),
      numRuns: Math.ceil(fuzzRuns / 4),
    });
  });
});

/**
 * Removes undeclared keys from a query input: REST rejects them, RPC ignores them.
 */
function withoutUnknown(procedure: Procedure, schema: JsonSchema, input: unknown): unknown {
  if (routeOf(procedure).hasBody || !isRecord(input)) return input;
  const known = new Set(propertiesOf(schema).map(([name]) => name));
  return Object.fromEntries(Object.entries(input).filter(([name]) => known.has(name)));
}

/**
 * True if REST can express an input: a query is an object, a path parameter non-empty text.
 */
function canBeExpressed(procedure: Procedure, input: unknown): boolean {
  const { names, hasBody } = routeOf(procedure);
  if (!hasBody && !isRecord(input)) return false;
  return names.every((name) => {
    const value = isRecord(input) ? input[name] : undefined;
    return (
      typeof value === 'string' && !['', '.', '..'].includes(value) && !/\p{Surrogate}/u.test(value)
    );
  });
}

describe('a body that is not an input', () => {
  const mutations = procedures.filter(
    (procedure) => routeOf(procedure).hasBody && procedure.input !== undefined,
  );

  it.each(mutations.map((procedure) => [procedure.path, procedure] as const))(
    '%s rejects it equally over both transports',
    async (_path, procedure) => {
      const headers = { 'content-type': 'application/json' };
      const { input } = await validCall(procedure, fixture);
      const both = async (json: string, rpc: string) => {
        const call = { token: fixture.tokenOf('superuser'), input, headers };
        return {
          rest: await fixture.clients.rest(procedure, { ...call, body: json }),
          rpc: await fixture.clients.rpc(procedure, { ...call, body: rpc }),
        };
      };
      for (const value of ['null', '[]', '[[]]', '"text"', '5', 'true']) {
        const { rest, rpc } = await both(value, `{"json":${value}}`);
        expectAlike(procedure, rest, rpc);
        expect(errorOf(rpc), value).toMatchObject({ status: 400, errors: [' invalid_type'] });
      }
      const garbage = fc
        .string({ unit: 'binary', minLength: 1 })
        .filter((text) => text.trim() !== '' && !isJson(text));
      const property = fc.asyncProperty(garbage, async (text) => {
        const { rest, rpc } = await both(text, text);
        expect([rest.status, rpc.status]).toEqual([400, 400]);
      });
      await assertProperty(property, { offset: offsetOf(procedure), numRuns: 5 });
    },
  );
});

describe('an input that nests deeply', () => {
  const depths = [10, 100, 1000, 2000, 2200, 2400, 2600, 2800, 3000, 10_000, 40_000];
  const place = { moduleId: 'probe', widgetId: 'count', x: 0, y: 0, w: 1, h: 1 };

  /** Returns the statuses of creating a dashboard with nested lists. */
  async function statusesOf(input: object, depth: number): Promise<number[]> {
    const procedure = procedures.find(({ path }) => path === 'dashboards.create');
    if (!procedure)
      throw new Error('dashboards.create is missing: use another procedure with free-form JSON.');
    const text = JSON.stringify(input).replace(
      '"deep"',
      `${'['.repeat(depth)}${']'.repeat(depth)}`,
    );
    const call = {
      token: fixture.tokenOf('user'),
      headers: { 'content-type': 'application/json' },
    };
    const rest = await fixture.clients.rest(procedure, { ...call, body: text });
    const rpc = await fixture.clients.rpc(procedure, { ...call, body: `{"json":${text}}` });
    return [rest.status, rpc.status];
  }

  it('is rejected equally over both transports if it is validated', async () => {
    for (const depth of depths) {
      const statuses = await statusesOf(
        { name: 'Deep', widgets: [{ ...place, params: { a: 'deep' } }] },
        depth,
      );
      expect(statuses, String(depth)).toEqual(depth <= 30 ? [201, 200] : [400, 400]);
    }
  });

  it('is harmless if it is ignored', async () => {
    for (const depth of depths) {
      const [rest, rpc] = await statusesOf({ name: 'Deep', 'unheard-of': 'deep' }, depth);
      expect([rest, rpc === 200 || rpc === 400], `${depth}: ${rpc}`).toEqual([201, true]);
    }
  });
});

describe('an input that only RPC can express', () => {
  const notText = [null, 5, true, [], { startsWith: '' }, '', 'lone \ud800'];
  const queries = withInput.filter(([, procedure]) => procedure.type === 'query');

  it.each(queries)('is rejected by %s', async (_path, procedure, schema) => {
    const { token, input } = await validCall(procedure, fixture, 'superuser');
    const names = Object.keys(isRecord(input) ? input : {});
    const inputs = [
      ...notText,
      ...names.flatMap((name) => notText.map((value) => ({ ...Object(input), [name]: value }))),
    ];
    const wrong = inputs.filter((value) => !schema.safeParse(value).success);
    expect(wrong.length).toBeGreaterThan(5);
    for (const value of wrong) {
      const response = await fixture.clients.rpc(procedure, { token, input: value });
      expect(response, JSON.stringify(value)).toMatchObject({
        status: 400,
        problem: { code: 'bad_request' },
      });
    }
  });
});

describe('an optional field that is sent as undefined', () => {
  /** Returns the optional properties of an object schema. */
  const optionalOf = (schema: z.ZodType): string[] => {
    const root: JsonSchema = { ...z.toJSONSchema(schema, { io: 'input' }) };
    const required = requiredOf(root);
    return propertiesOf(root)
      .map(([name]) => name)
      .filter((name) => !required.includes(name));
  };
  const withOptional = withInput.filter(([, , schema]) => optionalOf(schema).length > 0);

  it.each(withOptional)('is treated as absent by %s', async (_path, procedure, schema) => {
    const names = optionalOf(schema);
    // Each by itself, then all.
    for (const left of [...names.map((name) => [name]), names]) {
      const contractCase = caseOf(procedure);
      const { token, input } = await validCall(procedure, fixture);
      const rest = isRecord(input)
        ? Object.fromEntries(Object.entries(input).filter(([name]) => !left.includes(name)))
        : {};
      const absent = await fixture.clients.rpc(procedure, { token, input: rest });
      await contractCase.undo?.(fixture, input);
      const again = await validCall(procedure, fixture);
      const undefineds = Object.fromEntries(left.map((name) => [name, undefined]));
      const present = isRecord(again.input)
        ? Object.assign({}, again.input, undefineds)
        : undefineds;
      const sent = await fixture.clients.rpc(procedure, {
        token: again.token,
        input: present,
        annotated: true,
      });
      await contractCase.undo?.(fixture, again.input);
      expect(sent.status, `${left}: ${sent.text}`).toBe(absent.status);
      expect(sent.status, `${left}: ${sent.text}`).toBeLessThan(500);
    }
  });

  it('exists in several procedures', () => {
    expect(withOptional.length).toBeGreaterThan(5);
  });
});

describe('superjson annotations of an input', () => {
  const values = fc.dictionary(
    fc.constantFrom(
      'size',
      'id',
      'name',
      '__proto__.polluted',
      'constructor.prototype.polluted',
      'a.b',
      'widgets.0',
    ),
    fc.oneof(
      fc.constantFrom(
        ['Date'],
        ['undefined'],
        ['map'],
        ['set'],
        ['regexp'],
        ['bigint'],
        [['class', 'Object']],
      ),
      anyJson,
    ),
  );
  const meta = fc.oneof(
    anyJson,
    fc.record({ values, referentialEqualities: anyJson, v: fc.constantFrom(1, 2) }),
  );

  it('never cause a server error or change a prototype', {
    timeout: 60_000,
  }, async () => {
    const property = fc.asyncProperty(
      fc.constantFrom(...withInput),
      meta,
      async ([, procedure], annotations) => {
        const { token, input } = await validCall(procedure, fixture, 'superuser');
        const text = JSON.stringify({ json: input, meta: annotations });
        const query = new URLSearchParams({ input: text });
        const isQuery = procedure.type === 'query';
        const response = await fetch(
          `${fixture.server.origin}/trpc/${procedure.path}${isQuery ? `?${query}` : ''}`,
          {
            method: isQuery ? 'GET' : 'POST',
            headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
            body: isQuery ? undefined : text,
          },
        );
        expect(response.status, await response.text()).toBeLessThan(500);
        expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
      },
    );
    await assertProperty(property, { numRuns: fuzzRuns * 3 });
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
