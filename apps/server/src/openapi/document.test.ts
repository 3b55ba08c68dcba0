import { appRouter } from '@synap/api';
import { errorCodes } from '@synap/contracts';
import { type OpenApiDocument, toOpenApi30 } from '@synap/rest';
import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { restPath } from '../http/transports.js';
import { openApiDocument } from './document.js';
import { listRoutes, metaOf } from './routes.js';

type Json = Record<string, unknown>;
const objectSchema = z.record(z.string(), z.unknown());
const objectOf = (value: unknown): Json => objectSchema.catch({}).parse(value);

const document = openApiDocument(restPath);
const root: AnyTRPCRouter = appRouter;
const procedures: Record<string, AnyTRPCProcedure> = root._def.procedures;

/** Every operation with the route that serves it. */
const operations = listRoutes(restPath).map((route) => {
  const path = route.path.slice(restPath.length);
  const operation = objectOf(document.paths[path]?.[route.method.toLowerCase()]);
  return { ...route, path, operation, at: ['paths', path, route.method.toLowerCase()] };
});

const pointer = (at: readonly string[]) =>
  at.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** Whatever has an example, with the place of the schema that it is an example of. */
function* examples(
  value: unknown,
  at: readonly string[] = [],
): Generator<{ example: unknown; at: readonly string[] }> {
  if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* examples(item, [...at, String(index)]);
  if (typeof value !== 'object' || value === null) return;
  const { example, schema, ...others } = objectOf(value);
  if (example !== undefined && schema !== undefined) yield { example, at: [...at, 'schema'] };
  for (const [key, inner] of Object.entries(others)) yield* examples(inner, [...at, key]);
}

const resolve = (from: OpenApiDocument, response: Json): Json => {
  const name = typeof response.$ref === 'string' ? response.$ref.split('/').at(-1) : undefined;
  return name === undefined ? response : objectOf(objectOf(from.components.responses)[name]);
};

describe('the document', () => {
  it('describes every route, and nothing else', () => {
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = operations.flatMap(({ procedure, method, path }) => [
      { method, path },
      ...(metaOf(procedure).openapi?.aliases ?? []),
    ]);
    expect(described.sort()).toEqual(served.map(({ method, path }) => `${method} ${path}`).sort());
  });

  it.each(operations)(
    'says of $procedure what it is, who may call it, and what it answers',
    ({ procedure, operation, access, scope }) => {
      const tags = document.tags?.map(({ name }) => name);
      expect(operation).toMatchObject({
        operationId: expect.stringMatching(/^[a-z][A-Za-z]+$/),
        summary: expect.any(String),
      });
      expect(tags).toEqual(
        expect.arrayContaining(z.array(z.string()).length(1).parse(operation.tags)),
      );
      // Signing out is open too, as the cookie is enough; most who call it have a token.
      const asksForToken = access !== 'public' || procedure === 'auth.logout';
      const byKey = scope === null ? [] : [{ apiKeyAuth: [] }];
      expect(operation.security).toEqual(asksForToken ? [{ bearerAuth: [] }, ...byKey] : []);
      if (access === 'public') expect(operation).not.toHaveProperty('x-scope');
      else expect(operation).toHaveProperty('x-scope', scope);
    },
  );

  it.each(operations)(
    'shows by example what $procedure takes and answers',
    ({ procedure, operation }) => {
      const { openapi } = objectOf(procedures[procedure]?._def.meta);
      const { successStatus = 200 } = objectOf(openapi);
      const responses = objectOf(operation.responses);
      const success = objectOf(responses[String(successStatus)]);
      expect(objectOf(success.headers)).toMatchObject({
        RateLimit: {},
        'RateLimit-Policy': {},
        'X-Request-Id': {},
      });
      if (successStatus !== 204)
        expect(objectOf(success.content)['application/json']).toHaveProperty('example');
      if (operation.requestBody) {
        const [media, ...others] = Object.values(objectOf(objectOf(operation.requestBody).content));
        expect(media).toHaveProperty('example');
        expect(others).toEqual([]);
      }
      const required = z
        .array(objectSchema)
        .catch([])
        .parse(operation.parameters)
        .filter((parameter) => parameter.required === true);
      for (const parameter of required) expect(parameter).toHaveProperty('example');
    },
  );

  it.each(operations)(
    'answers every error of $procedure as a problem or in its own format, with an example',
    ({ procedure, operation }) => {
      const ownStatuses =
        metaOf(procedure).openapi?.errorFormat === 'oauth2' ? ['400', '408', '413', '415'] : [];
      const ownContent = {
        'application/json': {
          schema: { $ref: '#/components/schemas/OAuth2Error' },
          example: {
            error: expect.stringMatching(/^[a-z_]+$/),
            error_description: expect.any(String),
          },
        },
      };
      const errors = Object.entries(objectOf(operation.responses)).filter(
        ([status]) => Number(status) >= 400,
      );
      expect(errors.map(([status]) => status)).toEqual(
        expect.arrayContaining(['429', '500', '503']),
      );
      for (const [status, response] of errors) {
        const problemContent = {
          'application/problem+json': {
            schema: { $ref: '#/components/schemas/Problem' },
            example: {
              status: Number(status),
              code: expect.stringMatching(/^[a-z_]+$/),
              detail: expect.any(String),
            },
          },
        };
        const { content } = resolve(document, objectOf(response));
        expect(content).toMatchObject(ownStatuses.includes(status) ? ownContent : problemContent);
      }
    },
  );

  it('pages every list, and says so in its headers', () => {
    const lists = operations.filter(({ procedure }) => /\.(list|runs|routes)$/.test(procedure));
    expect(lists.length).toBeGreaterThan(3);
    for (const { operation } of lists) {
      const names = z.array(z.object({ name: z.string() })).parse(operation.parameters);
      expect(names.map(({ name }) => name)).toEqual(expect.arrayContaining(['cursor', 'size']));
      expect(objectOf(objectOf(objectOf(operation.responses)['200']).headers)).toHaveProperty(
        'Link',
      );
    }
  });

  it('names its security schemes unlike any schema, and the password grant where it is served', () => {
    const { schemas, securitySchemes } = document.components;
    const names = Object.keys(objectOf(securitySchemes));
    expect(names).toEqual(['bearerAuth', 'apiKeyAuth']);
    const lower = Object.keys(schemas).map((name) => name.toLowerCase());
    for (const name of names) expect(lower).not.toContain(name.toLowerCase());
    const served = openApiDocument(restPath, { passwordGrant: true });
    expect(served.components.securitySchemes).toMatchObject({
      passwordAuth: {
        type: 'oauth2',
        flows: { password: { tokenUrl: `${restPath}/login/access-token` } },
      },
    });
    expect(served.paths['/users/me']?.get?.security).toContainEqual({ passwordAuth: [] });
  });

  it('lists every code that a problem may have', () => {
    const codes = z
      .object({ properties: z.object({ code: z.object({ enum: z.array(z.string()) }) }) })
      .parse(document.components.schemas.Problem);
    expect(codes.properties.code.enum).toEqual(
      expect.arrayContaining([...errorCodes, 'internal_server_error', 'payload_too_large']),
    );
  });

  it('gives every time its format', () => {
    const times = [
      ...JSON.stringify(document.components.schemas).matchAll(/"(?:\w+At|asOf)":(\{[^}]*\}?)/g),
    ].map(([, schema]) => schema);
    expect(times.length).toBeGreaterThan(8);
    for (const schema of times) expect(schema).toContain('"format":"date-time"');
  });
});

describe('the examples', () => {
  it('are accepted by their schemas', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    formats.default(ajv);
    ajv.addSchema(document, 'document');
    const found = [...examples(document)];
    expect(found.length).toBeGreaterThan(operations.length * 3);
    for (const { example, at } of found) {
      const validate = ajv.compile({ $ref: `document#${pointer(at)}` });
      expect(validate(example), `${pointer(at)}: ${ajv.errorsText(validate.errors)}`).toBe(true);
    }
  });

  it.each(operations)('are accepted by $procedure itself', ({ procedure }) => {
    const definition = procedures[procedure]?._def;
    const { examples: shown } = objectOf(objectOf(definition?.meta).openapi);
    for (const input of definition?.inputs ?? []) {
      expect(z.instanceof(z.ZodType).parse(input).safeParse(objectOf(shown).request)).toMatchObject(
        { success: true },
      );
    }
  });
});

describe('the document in OpenAPI 3.0', () => {
  it('says the same of the same operations', () => {
    const lowered = toOpenApi30(document);
    expect(lowered.openapi).toBe('3.0.3');
    for (const { at, operation } of operations) {
      const [, path = '', method = ''] = at;
      const { responses, parameters, requestBody, ...texts } = objectOf(
        lowered.paths[path]?.[method],
      );
      expect(operation).toMatchObject(texts);
      expect(Object.keys(objectOf(responses))).toEqual(Object.keys(objectOf(operation.responses)));
      expect(Boolean(requestBody)).toBe(Boolean(operation.requestBody));
      expect(z.array(z.unknown()).catch([]).parse(parameters)).toHaveLength(
        z.array(z.unknown()).catch([]).parse(operation.parameters).length,
      );
    }
  });
});
