import { errorFormatOf } from '../answer/error-formats.js';
import { keepsAnswers } from '../idempotency/attempt.js';
import { titleOf } from '../problem.js';
import { hasBody } from '../routing/operations.js';
import type { DocumentedOperation } from './base-document.js';
import type { SchemaComponents } from './components.js';
import type { JsonObject } from './json-schema.js';
import type { DocumentOptions } from './options.js';
import { errorResponse, tellsOfMove } from './shared.js';

/** Whether a success carries an `ETag`. */
export function givesEntityTag({ operation, method, tagsCreation }: DocumentedOperation): boolean {
  const { meta, isList, hasVoidOutput } = operation;
  if (meta.noStore || hasVoidOutput) return false;
  return meta.versioned === true || tagsCreation || (method === 'GET' && !isList);
}

export interface ResponseInput {
  readonly entry: DocumentedOperation;
  /** The description of a success, where the meta gives one. */
  readonly description: unknown;
  /** A body that comes is read, also where the path says all the input there is. */
  readonly readsBody: boolean;
}

/** Every answer that an operation may give, by status. */
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
  if (entry.method === 'GET' && givesEntityTag(entry)) {
    const tagged = { ...headers, ETag: reference('headers', 'ETag') };
    responses.push([
      304,
      { description: 'What If-None-Match names is still current.', headers: tagged },
    ]);
  }
  if (meta.redirect) {
    const target = { Location: reference('headers', 'Location') };
    responses.push([
      302,
      {
        description: `Where ${meta.redirect.when} is true: leads to ${meta.redirect.field}.`,
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
  if (givesEntityTag(entry)) headers.ETag = reference('headers', 'ETag');
  if (isList && entry.method === 'GET') headers.Link = reference('headers', 'Link');
  if (options.idempotency && keepsAnswers(entry))
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
  202: 'Accepted; it goes on after this answer.',
  204: 'Done; there is nothing to answer.',
};

function commonHeaders({ moved }: DocumentedOperation, options: DocumentOptions): JsonObject {
  const names = ['X-Request-Id'];
  if (options.rateLimited) names.push('RateLimit', 'RateLimit-Policy');
  if (moved) names.push('Deprecation', 'Link');
  return Object.fromEntries(names.map((name) => [name, reference('headers', name)]));
}

const reference = (kind: string, name: string): JsonObject => ({
  $ref: `#/components/${kind}/${name}`,
});

/**
 * Component name of an error's response: `NotFound`; those of a deprecated address carry its
 * headers too.
 */
export const responseName = (status: number, { moved }: Pick<DocumentedOperation, 'moved'>) =>
  `${titleOf(status).replaceAll(' ', '')}${titleOf(status) === titleOf(400) && status !== 400 ? status : ''}${tellsOfMove(status, moved) ? 'Deprecated' : ''}`;

/**
 * True if the answer to an error is not the one that other operations share: it has an example or a
 * format of its own.
 */
export const hasOwnError = (
  { operation: { meta } }: DocumentedOperation,
  status: number,
): boolean =>
  meta.examples?.problems?.[status] !== undefined ||
  errorFormatOf(meta)?.statusOf(status) === status;

/**
 * True if `If-Match` or `If-None-Match` can keep a request from being served. A POST has a state
 * only if it replaces a resource.
 */
function mayBeConditional(entry: DocumentedOperation): boolean {
  if (entry.method === 'GET') return givesEntityTag(entry);
  return entry.method !== 'POST' || entry.hasState;
}

/** The error statuses that an operation may give, in order. */
export function errorsOf({ entry, readsBody }: ResponseInput, options: DocumentOptions): number[] {
  const { method, path, isProtected, operation } = entry;
  const { meta } = operation;
  const errors = new Set([...(options.commonErrors ?? [500]), ...(meta.errors ?? [])]);
  const add = (...statuses: number[]) => {
    for (const status of statuses) errors.add(status);
  };
  // An unknown query parameter is refused everywhere.
  add(400);
  if (isProtected) add(401, 403);
  if (path.includes('{')) add(404);
  if (readsBody) add(408, 413);
  if (hasBody(method)) add(415);
  if (mayBeConditional(entry)) add(412);
  if (meta.versioned && method !== 'GET') add(400, 409);
  if (meta.versioned && (method === 'PUT' || method === 'PATCH')) add(428);
  if (options.rateLimited) add(429);
  if (options.idempotency && keepsAnswers(entry)) add(400, 409, 422);
  return [...errors].sort((a, b) => a - b);
}
