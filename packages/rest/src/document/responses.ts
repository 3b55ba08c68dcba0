import { storesResponses } from '../idempotency/attempt.js';
import { titleOf } from '../problem.js';
import { errorFormatOf } from '../response/error-formats.js';
import { hasBody } from '../routing/operations.js';
import type { DocumentedOperation } from './base-document.js';
import type { SchemaComponents } from './components.js';
import type { JsonObject } from './json-schema.js';
import type { DocumentOptions } from './options.js';
import { errorResponse, hasSuccessorHeaders } from './shared.js';

/** True if a success carries an `ETag`. */
export function hasEntityTag({
  operation,
  method,
  creationHasEntityTag,
}: DocumentedOperation): boolean {
  const { meta, isList, hasVoidOutput } = operation;
  if (meta.noStore || hasVoidOutput) return false;
  return meta.versioned === true || creationHasEntityTag || (method === 'GET' && !isList);
}

export interface ResponseInput {
  readonly entry: DocumentedOperation;
  /** Description of a success, if the meta has one. */
  readonly description: unknown;
  /** True if a body is read, even if the path contains the whole input. */
  readonly readsBody: boolean;
}

/** Documents all responses of an operation by status. */
export function responsesOf(
  input: ResponseInput,
  components: SchemaComponents,
  options: DocumentOptions,
): JsonObject {
  const { entry } = input;
  const { meta, hasVoidOutput } = entry.operation;
  const status = meta.successStatus ?? (hasVoidOutput ? 204 : 200);
  const responses: [number, JsonObject][] = [
    [status, successOf(input, status, components, options)],
  ];
  const headers = commonHeaders(entry, options);
  if (entry.method === 'GET' && hasEntityTag(entry)) {
    const tagged = { ...headers, ETag: reference('headers', 'ETag') };
    responses.push([
      304,
      { description: 'Not modified: If-None-Match matches the current state.', headers: tagged },
    ]);
  }
  if (meta.redirect) {
    const target = { Location: reference('headers', 'Location') };
    responses.push([
      302,
      {
        description: `If ${meta.redirect.when} is true: redirects to ${meta.redirect.field}.`,
        headers: { ...headers, ...target },
      },
    ]);
  }
  for (const error of errorsOf(input, options)) {
    const shared = () => reference('responses', responseName(error, entry));
    responses.push([
      error,
      hasOwnError(entry, error) ? errorResponse(error, entry, options) : shared(),
    ]);
  }
  return Object.fromEntries(
    responses.sort(([a], [b]) => a - b).map(([code, response]) => [String(code), response]),
  );
}

function successOf(
  { entry, description }: ResponseInput,
  status: number,
  components: SchemaComponents,
  options: DocumentOptions,
): JsonObject {
  const { meta, output, hasVoidOutput, isList, path } = entry.operation;
  const headers: JsonObject = commonHeaders(entry, options);
  if (meta.location !== undefined) headers.Location = reference('headers', 'Location');
  if (hasEntityTag(entry)) headers.ETag = reference('headers', 'ETag');
  if (isList && entry.method === 'GET') headers.Link = reference('headers', 'Link');
  if (options.idempotency && storesResponses(entry))
    headers['Idempotency-Replayed'] = reference('headers', 'Idempotency-Replayed');
  const success = {
    description: description ?? defaultDescriptions[status] ?? 'Success.',
    headers,
  };
  if (hasVoidOutput || status === 204) return success;
  const schema = output === undefined ? {} : components.write(output, 'output', `${path} output`);
  const example = meta.examples?.response;
  const type = meta.produces?.split(';')[0] ?? 'application/json';
  return {
    ...success,
    content: { [type]: { schema, ...(example === undefined ? {} : { example }) } },
  };
}

const defaultDescriptions: Readonly<Record<number, string>> = {
  200: 'Success.',
  201: 'Created.',
  202: 'Accepted; processing continues after the response.',
  204: 'Done; the response has no body.',
};

function commonHeaders(
  { hasSuccessor }: DocumentedOperation,
  options: DocumentOptions,
): JsonObject {
  const names = ['X-Request-Id'];
  if (options.rateLimited) names.push('RateLimit', 'RateLimit-Policy');
  if (hasSuccessor) names.push('Deprecation', 'Link');
  return Object.fromEntries(names.map((name) => [name, reference('headers', name)]));
}

const reference = (kind: string, name: string): JsonObject => ({
  $ref: `#/components/${kind}/${name}`,
});

/**
 * Component name of an error response, such as `NotFound`. Deprecated addresses have their own,
 * with their headers.
 */
export const responseName = (
  status: number,
  { hasSuccessor }: Pick<DocumentedOperation, 'hasSuccessor'>,
) =>
  `${titleOf(status).replaceAll(' ', '')}${titleOf(status) === titleOf(400) && status !== 400 ? status : ''}${hasSuccessorHeaders(status, hasSuccessor) ? 'Deprecated' : ''}`;

/** True if an error response differs from the shared one: it has its own example or format. */
export const hasOwnError = (
  { operation: { meta } }: DocumentedOperation,
  status: number,
): boolean =>
  meta.examples?.problems?.[status] !== undefined ||
  errorFormatOf(meta)?.statusOf(status) === status;

/**
 * True if `If-Match` or `If-None-Match` can cause 412. A POST has a state only if it replaces a
 * resource.
 */
function mayBeConditional(entry: DocumentedOperation): boolean {
  if (entry.method === 'GET') return hasEntityTag(entry);
  return entry.method !== 'POST' || entry.hasState;
}

/** Lists the error statuses of an operation, in order. */
export function errorsOf({ entry, readsBody }: ResponseInput, options: DocumentOptions): number[] {
  const { method, path, isProtected, operation } = entry;
  const { meta } = operation;
  const errors = new Set([...(options.commonErrors ?? [500]), ...(meta.errors ?? [])]);
  const add = (...statuses: number[]) => {
    for (const status of statuses) errors.add(status);
  };
  // Every operation rejects unknown query parameters.
  add(400);
  if (isProtected) add(401, 403);
  if (path.includes('{')) add(404);
  if (readsBody) add(408, 413);
  if (hasBody(method)) add(415);
  if (mayBeConditional(entry)) add(412);
  if (meta.versioned && method !== 'GET') add(400, 409);
  if (meta.versioned && (method === 'PUT' || method === 'PATCH')) add(428);
  if (options.rateLimited) add(429);
  if (options.idempotency && storesResponses(entry)) add(400, 409, 422);
  return [...errors].sort((a, b) => a - b);
}
