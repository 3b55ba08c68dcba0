import { isRecord } from '@synap/http';
import { initTRPC } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RestMeta } from '../meta.js';
import { demoRouter } from '../testing/demo-router.js';
import { generateDocument } from './generate.js';
import { type JsonObject, mapObjects } from './json-schema.js';
import { toOpenApi30 } from './openapi-30.js';
import type { OpenApiDocument } from './options.js';

const options = { title: 'Demo', version: '1.2.3', basePath: '/api/v1' };
const document = generateDocument({
  router: demoRouter,
  ...options,
  idempotency: true,
  rateLimited: true,
});
const t = initTRPC.meta<RestMeta>().create();

function operationOf(from: OpenApiDocument, method: string, path: string): JsonObject {
  const operation = from.paths[path]?.[method];
  if (!operation) throw new Error(`There is no ${method} ${path}.`);
  return operation;
}

const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (isRecord(inner) || Array.isArray(inner) ? Object(inner)[key] : undefined),
    value,
  );

const statuses = (method: string, path: string) =>
  Object.keys(Object(operationOf(document, method, path).responses)).map(Number);

const parameter = (operation: JsonObject, name: string) =>
  Array.isArray(operation.parameters)
    ? operation.parameters.find((candidate) => candidate.name === name)
    : undefined;

describe('a document', () => {
  it('has every operation under its path, with an id suited to generators', () => {
    const ids = Object.values(document.paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    );
    expect(ids).toContain('notesSave');
    expect(ids).toContain('echoQuery');
    expect(new Set(ids).size).toBe(ids.length);
    expect(document.servers).toEqual([{ url: '/api/v1' }]);
    expect(JSON.stringify(document)).not.toContain('hidden');
  });

  it('states the status and the headers that are served', () => {
    expect(statuses('post', '/notes')).toEqual([
      201, 400, 401, 403, 408, 409, 413, 415, 422, 429, 500,
    ]);
    expect(
      at(operationOf(document, 'post', '/notes'), 'responses', '201', 'headers', 'Location'),
    ).toBeDefined();
    expect(statuses('put', '/notes/{id}')).toEqual([
      200, 400, 401, 403, 404, 408, 409, 412, 413, 415, 428, 429, 500,
    ]);
    expect(statuses('get', '/notes/{id}')).toEqual([200, 304, 400, 404, 412, 429, 500]);
    expect(
      at(operationOf(document, 'get', '/notes/{id}'), 'responses', '200', 'headers', 'ETag'),
    ).toBeDefined();
    expect(
      at(operationOf(document, 'get', '/notes'), 'responses', '200', 'headers', 'Link'),
    ).toBeDefined();
    expect(statuses('post', '/answers/nothing')).toContain(204);
    expect(
      at(operationOf(document, 'post', '/answers/nothing'), 'responses', '204', 'content'),
    ).toBeUndefined();
    expect(
      at(
        operationOf(document, 'get', '/themes/{id}.css'),
        'responses',
        '200',
        'content',
        'text/css',
      ),
    ).toBeDefined();
    expect(statuses('get', '/answers/download')).toContain(302);
  });

  it('lists body errors for every operation that reads a body, even if the path has the whole input', () => {
    const start = t.procedure.meta({ openapi: { method: 'POST', path: '/runs/{id}' } });
    const router = t.router({ start: start.input(z.object({ id: z.string() })).mutation(() => 1) });
    const { responses, requestBody } = operationOf(
      generateDocument({ router, ...options }),
      'post',
      '/runs/{id}',
    );
    expect(requestBody).toBeUndefined();
    expect(Object.keys(Object(responses))).toEqual(
      expect.arrayContaining(['400', '408', '413', '415']),
    );
    expect(statuses('post', '/answers/nothing')).not.toContain(413);
  });

  it('describes dates and bigints as they are served, also in maps and sets', () => {
    expect(at(document.components.schemas.Note, 'properties', 'createdAt')).toEqual({
      type: 'string',
      format: 'date-time',
    });
    const rich = at(
      operationOf(document, 'get', '/answers/rich'),
      'responses',
      '200',
      'content',
      'application/json',
      'schema',
    );
    expect(rich).toMatchObject({
      properties: {
        big: { type: 'string', pattern: '^-?[0-9]+$' },
        set: { type: 'array', items: { type: 'number' } },
        map: { type: 'object', additionalProperties: { type: 'number' } },
      },
      required: ['at', 'big', 'set', 'map'],
    });
  });

  it('describes parameters by their schemas', () => {
    const echo = operationOf(document, 'get', '/echo');
    expect(parameter(echo, 'filter')).toMatchObject({
      in: 'query',
      style: 'deepObject',
      explode: true,
      schema: { type: 'object' },
    });
    expect(parameter(echo, 'at')).toMatchObject({
      schema: { type: 'string', format: 'date-time' },
    });
    expect(parameter(echo, 'size')).toMatchObject({ schema: { default: 20, type: 'integer' } });
    expect(parameter(echo, 'size').required).toBeUndefined();
    expect(parameter(operationOf(document, 'get', '/echo/path/{text}/{n}'), 'n')).toMatchObject({
      in: 'path',
      required: true,
    });
    expect(parameter(operationOf(document, 'put', '/notes/{id}'), 'If-Match')).toMatchObject({
      in: 'header',
    });
    expect(parameter(operationOf(document, 'get', '/notes/{id}'), 'If-None-Match')).toMatchObject({
      in: 'header',
    });
    expect(parameter(operationOf(document, 'post', '/notes'), 'Idempotency-Key')).toMatchObject({
      in: 'header',
    });
  });

  it('omits path parameters from a body, and does not require what a header can replace', () => {
    const put = at(
      operationOf(document, 'put', '/notes/{id}'),
      'requestBody',
      'content',
      'application/json',
      'schema',
    );
    expect(Object.keys(Object(at(put, 'properties')))).toEqual(['title', 'version', 'loud']);
    const patch = at(
      operationOf(document, 'patch', '/notes/{id}'),
      'requestBody',
      'content',
      'application/json',
      'schema',
    );
    expect(at(patch, 'required')).toEqual(['title']);
  });

  it('requires a body only if an empty one is rejected', () => {
    expect(at(operationOf(document, 'post', '/notes'), 'requestBody', 'required')).toBe(true);
    expect(at(operationOf(document, 'post', '/echo'), 'requestBody', 'required')).toBeUndefined();
    expect(
      at(operationOf(document, 'post', '/echo/optional'), 'requestBody', 'required'),
    ).toBeUndefined();
    expect(operationOf(document, 'post', '/answers/nothing').requestBody).toBeUndefined();
  });

  it('documents credentials for every operation that requires them', () => {
    expect(operationOf(document, 'get', '/users/me').security).toEqual([{ bearerAuth: [] }]);
    expect(operationOf(document, 'get', '/users/{id}').security).toEqual([]);
  });

  it('lists aliases as deprecated operations with their headers', () => {
    const alias = operationOf(document, 'post', '/note/{id}/save');
    expect(alias).toMatchObject({ operationId: 'notesSaveAlias', deprecated: true });
    expect(at(alias, 'responses', '200', 'headers', 'Deprecation')).toBeDefined();
    expect(JSON.stringify(at(alias, 'requestBody'))).not.toContain('loud');
    const replaced = operationOf(document, 'post', '/labels/{id}');
    expect(replaced).toMatchObject({ operationId: 'notesLabel', deprecated: true });
    expect(at(replaced, 'responses', '204', 'headers', 'Deprecation')).toBeDefined();
  });

  it('writes free parameters as one exploded object, and offers them as a body beside it', () => {
    const parameters = operationOf(document, 'get', '/free/{id}').parameters;
    expect(parameters).toContainEqual({
      name: 'freeParams',
      in: 'query',
      style: 'form',
      explode: true,
      schema: { type: 'object', additionalProperties: {} },
      example: { limit: 1 },
    });
    const body = operationOf(document, 'post', '/free/{id}');
    expect(body).toMatchObject({
      operationId: 'echoFreeBody',
      summary: 'Echo free parameters of a body',
    });
    expect(body).not.toHaveProperty('deprecated', true);
    expect(at(body, 'responses', '200', 'headers', 'Deprecation')).toBeUndefined();
    expect(JSON.stringify(body)).not.toContain('Idempotency');
  });

  it('lists the problem codes if the application provides them', () => {
    const codes = (problemCodes?: string[]) =>
      at(
        generateDocument({ router: demoRouter, title: 'T', version: '1', problemCodes }),
        'components',
        'schemas',
        'Problem',
        'properties',
        'code',
        'enum',
      );
    expect(codes()).toBeUndefined();
    expect(codes(['stale'])).toEqual(
      expect.arrayContaining(['stale', 'bad_request', 'internal_server_error']),
    );
  });

  it('suits generators: one media type per body, types with null, no object defaults, no length beside an enum', () => {
    mapObjects(document, (object) => {
      if (isRecord(object.content)) expect(Object.keys(object.content)).toHaveLength(1);
      if (Array.isArray(object.anyOf))
        expect(object.anyOf.map(({ type }) => typeof type)).not.toEqual(['string', 'null']);
      if ('enum' in object) expect(object).not.toHaveProperty('minLength');
      if ('type' in object) expect(isRecord(object.default)).toBe(false);
      return object;
    });
    expect(JSON.stringify(document)).toContain('"type":["number","null"]');
    expect(
      at(operationOf(document, 'post', '/answers/form'), 'requestBody', 'content'),
    ).toHaveProperty(['application/x-www-form-urlencoded']);
  });

  it('has no dangling reference and no unused component', () => {
    for (const candidate of [document, toOpenApi30(document)]) {
      const text = JSON.stringify(candidate);
      for (const [, reference = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
        expect(at(candidate, ...reference.split('/')), reference).toBeDefined();
      }
      for (const kind of ['schemas', 'responses', 'headers']) {
        for (const name of Object.keys(Object(candidate.components[kind])))
          expect(text).toContain(`"#/components/${kind}/${name}"`);
      }
    }
  });
});

describe('components of a document', () => {
  const serve = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) =>
    generateDocument({
      router: t.router({
        do: t.procedure
          .meta({ openapi: { method: 'POST', path: '/do' } })
          .input(input)
          .output(output)
          .mutation(() => {
            throw new Error('Only its document matters.');
          }),
      }),
      ...options,
    });

  it('are shared if input and output agree, else split, also for differences in referenced schemas', () => {
    const same = z.object({ a: z.string() }).meta({ id: 'Same' });
    const differs = z.object({ a: z.string().default('x') }).meta({ id: 'Differs' });
    const holder = z.object({ differs, same }).meta({ id: 'Holder' });
    const { components, paths } = serve(z.object({ holder }), z.object({ holder }));
    expect(Object.keys(components.schemas)).toEqual([
      'Problem',
      'Differs',
      'DiffersInput',
      'Holder',
      'HolderInput',
      'Same',
    ]);
    expect(at(components.schemas.HolderInput, 'properties', 'differs')).toEqual({
      $ref: '#/components/schemas/DiffersInput',
    });
    expect(at(components.schemas.Holder, 'properties', 'differs')).toEqual({
      $ref: '#/components/schemas/Differs',
    });
    expect(JSON.stringify(paths)).toContain('#/components/schemas/HolderInput');
  });

  it('have patterns that other languages can read', () => {
    const text = z.object({
      all: z.string().regex(/^[^\u0000\ud800-\udfff]*$/u),
      only: z.string().regex(/^[^\ud800-\udfff]*$/u),
    });
    const body = at(
      serve(text, z.object({})).paths,
      '/do',
      'post',
      'requestBody',
      'content',
      'application/json',
      'schema',
    );
    expect(at(body, 'properties', 'all', 'pattern')).toBe('^[^\\u0000]*$');
    expect(at(body, 'properties', 'only', 'pattern')).toBe('^[^\\ud800-\\udfff]*$');
  });

  it('exist for recursive schemas, but not for those that accept any JSON', () => {
    const tree = z.object({
      name: z.string(),
      get kids() {
        return z.array(tree);
      },
    });
    const { components, paths } = serve(
      z.object({ tree, json: z.json().describe('Anything.') }),
      z.object({ tree }),
    );
    expect(Object.keys(components.schemas)).toEqual(['Problem', 'DoInputNode']);
    const body = at(
      paths,
      '/do',
      'post',
      'requestBody',
      'content',
      'application/json',
      'schema',
      'properties',
    );
    expect(body).toMatchObject({ json: { description: 'Anything.' } });
    expect(at(body, 'json')).not.toHaveProperty('$ref');
  });

  it('reject a type without a JSON Schema: the error names the procedure, the path and the fix', () => {
    const custom = z.object({ at: z.object({ x: z.custom<string>() }) });
    expect(() => serve(z.object({}), custom)).toThrow(/^do output: at\.x is a custom/);
    expect(() => serve(z.object({}), z.object({ n: z.string().transform(Number) }))).toThrow(
      /^do output: n.*transform/,
    );
    const described = z.object({ x: z.custom<string>().meta({ type: 'string' }) });
    expect(
      at(
        serve(z.object({}), described),
        'paths',
        '/do',
        'post',
        'responses',
        '200',
        'content',
        'application/json',
        'schema',
      ),
    ).toMatchObject({
      properties: { x: { type: 'string' } },
    });
  });
});

describe('a router that cannot be served', () => {
  const generate = (meta: NonNullable<RestMeta['openapi']>, input: z.ZodObject = z.object({})) =>
    generateDocument({
      router: t.router({
        a: {
          b: t.procedure
            .meta({ openapi: meta })
            .input(input)
            .mutation(() => 1),
        },
      }),
      ...options,
    });

  it('is rejected with the name of its procedure', () => {
    expect(() => generate({ method: 'GET', path: '/x/{id}' }, z.object({ n: z.string() }))).toThrow(
      'a.b: "/x/{id}" names {id}',
    );
    expect(() => generate({ method: 'PUT', path: '/x', versioned: true })).toThrow(
      'a.b: it is versioned',
    );
    const ticks = t.procedure
      .meta({ openapi: { method: 'GET', path: '/x' } })
      .subscription(async function* () {
        yield 1;
      });
    expect(() => generateDocument({ router: t.router({ ticks }), ...options })).toThrow(
      'ticks: a subscription',
    );
  });
});

describe('the document as OpenAPI 3.0', () => {
  const schema = z.object({
    n: z.number().nullable(),
    o: z
      .object({ a: z.literal('x') })
      .meta({ id: 'Inner' })
      .nullable(),
    t: z.tuple([z.string(), z.number()]),
    gt: z.number().gt(3).lt(9),
    u: z.union([z.string(), z.number()]).nullable(),
    d: z.date().nullable().optional(),
    r: z.record(z.enum(['a']), z.null()),
  });
  const lowered = toOpenApi30(
    generateDocument({
      router: t.router({
        get: t.procedure
          .meta({ openapi: { method: 'GET', path: '/x' } })
          .output(schema)
          .query(() => JSON.parse('{}')),
      }),
      ...options,
      license: { name: 'MIT', identifier: 'MIT' },
    }),
  );
  const properties = at(
    lowered,
    'paths',
    '/x',
    'get',
    'responses',
    '200',
    'content',
    'application/json',
    'schema',
    'properties',
  );

  it('converts the schemas of 3.1', () => {
    expect(lowered.openapi).toBe('3.0.3');
    expect(lowered.info.license).toEqual({
      name: 'MIT',
      url: 'https://spdx.org/licenses/MIT.html',
    });
    expect(properties).toMatchObject({
      n: { type: 'number', nullable: true },
      o: { type: 'object', nullable: true, allOf: [{ $ref: '#/components/schemas/Inner' }] },
      t: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'number' }] } },
      gt: { minimum: 3, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: true },
      u: {
        anyOf: [
          { type: 'string', nullable: true },
          { type: 'number', nullable: true },
        ],
      },
      d: { type: 'string', format: 'date-time', nullable: true },
      r: { type: 'object', additionalProperties: { nullable: true, enum: [null] } },
    });
    expect(at(lowered.components.schemas.Inner, 'properties', 'a')).toEqual({
      type: 'string',
      enum: ['x'],
    });
    expect(JSON.stringify(lowered)).not.toMatch(/"(const|prefixItems|propertyNames|\$defs)"/);
    expect(JSON.stringify(lowered)).not.toContain('"type":[');
  });
});
