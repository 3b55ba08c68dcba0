import type { IncomingMessage } from 'node:http';
import { isRecord } from '@synap/http';
import type { Route } from '../routing/routes.js';
import { fillTemplate } from '../routing/template.js';
import { hashTag, namesTag, readTagCondition, versionTag } from './entity-tag.js';
import { errorFormatOf } from './error-formats.js';
import { HttpError } from './http-error.js';
import { paginationLinks } from './links.js';

/** A response that is ready to be sent. */
export interface RestResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly links: readonly string[];
  readonly body: string | Uint8Array | undefined;
}

/** A call that succeeded, as far as its response depends on it. */
export interface SuccessfulCall {
  readonly req: IncomingMessage;
  readonly route: Route;
  /** Canonical base path. */
  readonly base: string;
  /** Path of the request without its query. */
  readonly path: string;
  readonly search: string;
  readonly input: unknown;
}

/**
 * Converts an output to a response with status, headers and body. A direct output is already
 * written, so that `write` returns its text.
 */
export function toResponse(
  output: unknown,
  call: SuccessfulCall,
  write = call.route.write,
): RestResponse {
  const { route } = call;
  const { meta } = route.operation;
  const isGet = route.method === 'GET';
  const headers: Record<string, string> = Object.assign({}, errorFormatOf(meta)?.headers);
  if (meta.noStore) headers['cache-control'] = 'no-store';
  const target = redirectTarget(output, call);
  if (target !== undefined)
    return { status: 302, headers: { ...headers, location: target }, links: [], body: undefined };
  const body = bodyOf(output, meta, headers, write);
  const status = statusOf(body, route);
  const location = meta.location && locationOf(meta.location, output, call);
  if (location !== undefined) headers.location = location;
  const tag = meta.noStore ? undefined : tagOf(output, body, route);
  if (tag !== undefined) {
    headers.etag = tag;
    if (isGet) headers['cache-control'] = 'private, no-cache';
    if (isGet && isUnchanged(call, tag))
      return { status: 304, headers, links: [], body: undefined };
  }
  const links =
    isGet && route.operation.isList ? paginationLinks(call.path, call.search, output) : [];
  return { status, headers, links, body: status === 204 ? undefined : body };
}

/**
 * Evaluates the conditions of a read (RFC 9110 §13.2.2). Returns true for 304.
 * @throws HttpError 412 if `If-Match` does not contain the tag.
 */
function isUnchanged({ req: { headers } }: SuccessfulCall, tag: string): boolean {
  const ifMatch = readTagCondition(headers['if-match']);
  if (ifMatch && !namesTag(ifMatch, tag)) {
    throw new HttpError(
      'PRECONDITION_FAILED',
      'The resource does not match If-Match: read it again.',
    );
  }
  const ifNoneMatch = readTagCondition(headers['if-none-match']);
  return ifNoneMatch ? namesTag(ifNoneMatch, tag) : false;
}

const statusOf = (body: RestResponse['body'], { operation: { meta } }: Route): number =>
  meta.successStatus ?? (body === undefined ? 204 : 200);

function bodyOf(
  output: unknown,
  { produces }: Route['operation']['meta'],
  headers: Record<string, string>,
  write: Route['write'],
): RestResponse['body'] {
  if (output === undefined) return undefined;
  if (produces !== undefined) {
    headers['content-type'] = produces;
    return typeof output === 'string' || output instanceof Uint8Array ? output : String(output);
  }
  const body = write(output);
  if (body !== undefined) headers['content-type'] = 'application/json';
  return body;
}

/**
 * Entity tag of a response: the version of a versioned resource, else a hash of the body of a
 * single resource that is read or created.
 */
export function tagOf(
  output: unknown,
  body: RestResponse['body'],
  { operation, method, created }: Route,
): string | undefined {
  if (created) return tagOf(output, body, created);
  if (operation.meta.versioned) {
    const version = isRecord(output) ? output.version : undefined;
    return typeof version === 'number' || typeof version === 'bigint'
      ? versionTag(version)
      : undefined;
  }
  return method === 'GET' && !operation.isList && body !== undefined ? hashTag(body) : undefined;
}

function locationOf(
  template: string,
  output: unknown,
  { base, input }: SuccessfulCall,
): string | undefined {
  const filled = fillTemplate(template, (name) => {
    const value = isRecord(output) ? output[name] : undefined;
    return value ?? (isRecord(input) ? input[name] : undefined);
  });
  return filled === undefined ? undefined : base + filled;
}

function redirectTarget(output: unknown, { route, input }: SuccessfulCall): string | undefined {
  const { redirect } = route.operation.meta;
  if (
    redirect === undefined ||
    !isRecord(input) ||
    input[redirect.when] !== true ||
    !isRecord(output)
  )
    return undefined;
  const target = output[redirect.field];
  return typeof target === 'string' ? target : undefined;
}
