import {
  announcesBody,
  announcesMoreThan,
  bodyNotUtf8,
  bodyTooLarge,
  decodeUtf8,
  type IncomingRequest,
  isRecord,
  type MediaType,
  parseMediaType,
  readText,
  withoutByteOrderMark,
} from '@synap/http';
import { HttpError } from '../response/http-error.js';
import { hasBody } from '../routing/operations.js';
import type { Route } from '../routing/routes.js';
import { checkEncoding, formType, isJsonType, multipartType, parseJson } from './body.js';
import { collectFreeParameters } from './free-parameters.js';
import { rejectUnsafe, toInputFailure } from './input-error.js';
import { checkKeys, knownKeysOf } from './known-keys.js';
import { boundaryOf, readParts } from './multipart.js';
import {
  fromPlainValue,
  type ParameterNode,
  parseParameters,
  rejectForbiddenKeys,
} from './parameters.js';
import { pathNode } from './reader.js';

/** Sources of a request's input. */
export interface InputRequest {
  readonly req: IncomingRequest;
  readonly route: Route;
  /** Decoded values of the path parameters. */
  readonly values: readonly string[];
  /** Query string without its `?`. */
  readonly search: string;
  /** Maximum body size in bytes. */
  readonly bodyLimit: number;
}

/**
 * Reads the raw input of a procedure.
 * @throws TRPCError that describes the invalid part of the request.
 */
export async function readInput(request: InputRequest): Promise<unknown> {
  try {
    const { route } = request;
    const sent = hasBody(route.method) ? await readBodyInput(request) : readQueryInput(request);
    rejectUnsafe(sent);
    return route.fixed === undefined ? sent : { ...(isRecord(sent) ? sent : {}), ...route.fixed };
  } catch (cause) {
    throw toInputFailure(cause);
  }
}

const pathOf = ({ route, values }: InputRequest, others?: ParameterNode) =>
  pathNode(route.names, values, others);

function readQueryInput(request: InputRequest): unknown {
  const { operation, names } = request.route;
  const query = parseParameters(request.search);
  if (operation.meta.freeParameters)
    collectFreeParameters(query, operation.meta.freeParameters, operation.reader.known);
  checkKeys(query, operation.reader.known, names);
  return operation.reader.fromParameters(pathOf(request, query));
}

const nothingKnown = knownKeysOf([]);

/** Rejects any query. Used if the input comes in a body, and if there is no input. */
export function rejectQuery(search: string): void {
  if (search === '') return;
  try {
    checkKeys(parseParameters(search), nothingKnown, []);
  } catch (cause) {
    throw toInputFailure(cause);
  }
}

async function readBodyInput(request: InputRequest): Promise<unknown> {
  const { req, route } = request;
  const { reader } = route.operation;
  rejectQuery(request.search);
  if (!announcesBody(req)) return reader.fromBody(undefined, pathOf(request));
  const header = req.headers['content-type'];
  const type = header === undefined ? undefined : checkBodyType(req, route);
  if (header !== undefined && type?.essence === multipartType)
    return partsOf(request, boundaryOf(header));
  const parsed = req.readableEnded ? req.body : undefined;
  const text = parsed === undefined ? await readText(req, request.bodyLimit) : asText(parsed);
  if (text === '') return reader.fromBody(undefined, pathOf(request));
  if (type === undefined) throw unsupported(route);
  if (type.essence === formType) {
    const fields = typeof text === 'string' ? parseParameters(text) : fromPlainValue(text);
    rejectForbiddenKeys(fields);
    return reader.fromParameters(pathOf(request, fields));
  }
  return reader.fromBody(typeof text === 'string' ? parseJson(text) : text, pathOf(request));
}

/**
 * Converts a body that an earlier parser left as bytes or text to text, as `readText` does. Other
 * values stay unchanged.
 */
function asText(body: unknown): unknown {
  if (typeof body === 'string') return withoutByteOrderMark(body);
  if (!Buffer.isBuffer(body)) return body;
  const text = decodeUtf8([body]);
  if (text === undefined) throw bodyNotUtf8();
  return text;
}

/** Path parameters, and the parts of the body as they arrive. */
function partsOf(request: InputRequest, boundary: string): unknown {
  const { req, route, bodyLimit } = request;
  if (announcesMoreThan(req, bodyLimit)) throw bodyTooLarge(bodyLimit);
  const parameters = route.operation.reader.fromParameters(pathOf(request));
  return {
    ...(isRecord(parameters) ? parameters : {}),
    parts: readParts(req, boundary, bodyLimit),
  };
}

/** Rejects an unsupported content type with 415 and an `Accept` header (RFC 9110 §15.5.16). */
export function checkBodyType(req: IncomingRequest, route: Route): MediaType {
  const type = parseMediaType(req.headers['content-type'] ?? '');
  if (!acceptsType(route, type.essence)) throw unsupported(route);
  checkEncoding(req, type);
  return type;
}

function acceptsType({ form, operation }: Route, essence: string): boolean {
  if (essence === formType) return form === true || form === 'only';
  if (essence === multipartType) return operation.meta.multipart !== undefined;
  return form !== 'only' && operation.meta.multipart === undefined && isJsonType(essence);
}

/** Content types that a route accepts. */
export function acceptedTypes({ form, operation }: Pick<Route, 'form' | 'operation'>): string[] {
  if (operation.meta.multipart) return [multipartType];
  if (form === 'only') return [formType];
  return form === true ? ['application/json', formType] : ['application/json'];
}

function unsupported(route: Route): HttpError {
  const types = acceptedTypes(route);
  return new HttpError('UNSUPPORTED_MEDIA_TYPE', `Send the body as ${types.join(' or ')}.`, {
    accept: types.join(', '),
  });
}
