import type { RestOperation } from '../meta.js';
import { codeOf, type Problem, titleOf, trpcProblemCodes } from '../problem.js';
import { errorFormatOf } from '../response/error-formats.js';
import type { DocumentedOperation } from './base-document.js';
import type { JsonObject } from './json-schema.js';
import type { DocumentOptions } from './options.js';

const problemProperties = {
  type: {
    type: 'string',
    format: 'uri-reference',
    description: 'Problem type; about:blank if the status is sufficient.',
  },
  title: { type: 'string', description: 'Reason phrase of the status.' },
  status: { type: 'integer', minimum: 400, maximum: 599 },
  detail: { type: 'string', description: 'Explanation of this error, and how to fix it.' },
  instance: { type: 'string', format: 'uri-reference', description: 'Path of the request.' },
  code: { type: 'string', description: 'Machine-readable error code.' },
  requestId: { type: 'string', description: 'Value of X-Request-Id; report it to the operator.' },
  errors: {
    type: 'array',
    description: 'Validation errors of the input.',
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
 * Schema of problem details (RFC 9457) with our extension members. If the application lists its
 * codes, `code` is a closed enum of these and tRPC's.
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

/** Response headers, as components. */
export const headerComponents: Readonly<Record<string, JsonObject>> = {
  'X-Request-Id': text(
    'Request id, from the request or generated.',
    '0b5ed4cf-5d6b-4a5f-9a5e-0f6d5c1f2a3b',
  ),
  ETag: text('Entity tag of the response.', '"7"'),
  Location: text('URL of the result.', '/things/1'),
  Link: text('Further pages and successors, RFC 8288.', '</things?cursor=abc>; rel="next"'),
  Deprecation: text('Deprecation date of this address, RFC 9745.', '@1767225600'),
  'WWW-Authenticate': text('Accepted authentication scheme, RFC 9110.', 'Bearer'),
  'Idempotency-Replayed': text(
    'Present if the response of an earlier request is replayed.',
    'true',
  ),
  'Retry-After': text('Seconds to wait before the next attempt.', '7'),
  Allow: text('Methods that this path supports.', 'GET, HEAD, OPTIONS'),
  Accept: text('Content types that this operation accepts.', 'application/json'),
  RateLimit: text('Remaining quota, and seconds until it resets.', '"default";r=299;t=10'),
  'RateLimit-Policy': text('The quota and its window.', '"default";q=300;w=10'),
};

const ownHeaders: Readonly<Record<number, readonly string[]>> = {
  401: ['WWW-Authenticate'],
  415: ['Accept'],
  429: ['Retry-After'],
  503: ['Retry-After'],
};

/**
 * True if an error response of a deprecated address names the successor. 429 does not: rate limits
 * apply before routing.
 */
export const hasSuccessorHeaders = (status: number, hasSuccessor: boolean) =>
  hasSuccessor && status !== 429;

/** Documents an error response, with the operation's example if there is one. */
export function errorResponse(
  status: number,
  { operation, hasSuccessor }: DocumentedOperation,
  options: DocumentOptions,
): JsonObject {
  const names = ['X-Request-Id', ...(ownHeaders[status] ?? [])];
  if (options.rateLimited) names.push('RateLimit', 'RateLimit-Policy');
  if (hasSuccessorHeaders(status, hasSuccessor)) names.push('Deprecation', 'Link');
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
  500: 'Unexpected server error. Report the request id if it persists.',
};
