import { errorFormatOf } from '../answer/error-formats.js';
import type { RestOperation } from '../meta.js';
import { codeOf, type Problem, titleOf, trpcProblemCodes } from '../problem.js';
import type { DocumentedOperation } from './base-document.js';
import type { JsonObject } from './json-schema.js';
import type { DocumentOptions } from './options.js';

const problemProperties = {
  type: {
    type: 'string',
    format: 'uri-reference',
    description: 'Kind of problem; about:blank where the status says it all.',
  },
  title: { type: 'string', description: 'What the status means.' },
  status: { type: 'integer', minimum: 400, maximum: 599 },
  detail: { type: 'string', description: 'What happened here, and what to do about it.' },
  instance: { type: 'string', format: 'uri-reference', description: 'Path of the request.' },
  code: { type: 'string', description: 'What a program can act on.' },
  requestId: { type: 'string', description: 'The X-Request-Id, to be given to the operator.' },
  errors: {
    type: 'array',
    description: 'What exactly is wrong with the input.',
    items: {
      type: 'object',
      required: ['pointer', 'message', 'code'],
      properties: {
        pointer: { type: 'string', description: 'JSON Pointer (RFC 6901) into the input.' },
        message: { type: 'string' },
        code: { type: 'string' },
      },
    },
  },
} satisfies JsonObject;

/**
 * The problem object, RFC 9457 with our extension members. If the application names its codes,
 * `code` is the closed list of these and of tRPC's.
 */
export const problemSchemaOf = ({ problemCodes }: DocumentOptions): JsonObject => ({
  type: 'object',
  description: 'Problem details, RFC 9457.',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: problemCodes
    ? {
        ...problemProperties,
        code: {
          ...problemProperties.code,
          enum: [...new Set([...problemCodes, ...trpcProblemCodes])].sort(),
        },
      }
    : problemProperties,
});

const text = (description: string, example: string): JsonObject => ({
  description,
  schema: { type: 'string' },
  example,
});

/** The headers that answers may carry. */
export const headerComponents: Readonly<Record<string, JsonObject>> = {
  'X-Request-Id': text(
    'Id of the request, taken over from the request or made.',
    '0b5ed4cf-5d6b-4a5f-9a5e-0f6d5c1f2a3b',
  ),
  ETag: text('Entity tag of what is answered.', '"7"'),
  Location: text('Where the result is to be found.', '/things/1'),
  Link: text('Further pages and successors, RFC 8288.', '</things?cursor=abc>; rel="next"'),
  Deprecation: text('Since when this address is deprecated, RFC 9745.', '@1767225600'),
  'WWW-Authenticate': text('How to say who calls, RFC 9110.', 'Bearer'),
  'Idempotency-Replayed': text(
    'Present where the answer of an earlier request is given again.',
    'true',
  ),
  'Retry-After': text('Seconds after which trying again makes sense.', '7'),
  Allow: text('Methods that this path takes.', 'GET, HEAD, OPTIONS'),
  Accept: text('Content types that this operation takes.', 'application/json'),
  RateLimit: text('What is left of the quota, and when it is renewed.', '"default";r=299;t=10'),
  'RateLimit-Policy': text('The quota and its window.', '"default";q=300;w=10'),
};

const ownHeaders: Readonly<Record<number, readonly string[]>> = {
  401: ['WWW-Authenticate'],
  415: ['Accept'],
  429: ['Retry-After'],
  503: ['Retry-After'],
};

/**
 * Whether an error at a deprecated address always names what took its place; a limit refuses before
 * the path is looked at.
 */
export const tellsOfMove = (status: number, isMoved: boolean) => isMoved && status !== 429;

/** The answer to an error, with the example of the operation if that has one. */
export function errorResponse(
  status: number,
  { operation, moved }: DocumentedOperation,
  options: DocumentOptions,
): JsonObject {
  const names = ['X-Request-Id', ...(ownHeaders[status] ?? [])];
  if (options.rateLimited) names.push('RateLimit', 'RateLimit-Policy');
  if (tellsOfMove(status, moved)) names.push('Deprecation', 'Link');
  return {
    description: `${titleOf(status)}.`,
    headers: Object.fromEntries(
      names.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
    ),
    content: errorContent(status, operation.meta, options),
  };
}

function errorContent(
  status: number,
  meta: RestOperation,
  { problemExamples }: DocumentOptions,
): JsonObject {
  const problem: Problem = Object.assign(
    exampleOf(status),
    meta.examples?.problems?.[status] ?? problemExamples?.[status],
  );
  const format = errorFormatOf(meta);
  if (format === undefined || format.statusOf(status) !== status)
    return {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        example: problem,
      },
    };
  return {
    [format.mediaType]: {
      schema: { $ref: `#/components/schemas/${format.schemaName}` },
      example: format.write(problem),
    },
  };
}

const exampleOf = (status: number): Problem => ({
  type: 'about:blank',
  title: titleOf(status),
  status,
  detail: details[status] ?? `${titleOf(status)}.`,
  code: codeOf(status),
  requestId: '0b5ed4cf-5d6b-4a5f-9a5e-0f6d5c1f2a3b',
  ...(status === 400
    ? {
        errors: [
          { pointer: '/name', message: 'Invalid input: expected string', code: 'invalid_type' },
        ],
      }
    : {}),
});

const details: Readonly<Record<number, string>> = {
  400: 'The input is not valid: Invalid input: expected string',
  500: 'Something went wrong on our side. Report the request id if it goes on.',
};
