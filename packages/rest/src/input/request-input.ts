import {
  announcesBody,
  decodeUtf8,
  type MediaType,
  parseMediaType,
  withoutByteOrderMark,
} from '@synap/http';
import { HttpError } from '../answer/http-error.js';
import { hasBody } from '../routing/operations.js';
import type { Route } from '../routing/routes.js';
import { isRecord } from '../schema.js';
import {
  checkEncoding,
  formType,
  isJsonType,
  multipartType,
  notUtf8,
  parseJson,
  type RestIncoming,
  readText,
  tooLarge,
} from './body.js';
import { rejectUnsafe, toBadRequest } from './fault.js';
import { gatherFreeParameters } from './free-parameters.js';
import { checkKeys, knownKeysOf } from './known-keys.js';
import { boundaryOf, readParts } from './multipart.js';
import {
  fromNatural,
  type ParameterNode,
  parseParameters,
  rejectForbiddenKeys,
} from './parameters.js';
import { pathNode } from './reader.js';

/** Where the input of one request is to be found. */
export interface InputRequest {
  readonly req: RestIncoming;
  readonly route: Route;
  /** Values of the path parameters, decoded. */
  readonly values: readonly string[];
  /** The query, without its `?`. */
  readonly search: string;
  /** Bytes. */
  readonly bodyLimit: number;
}

/** The raw input of the procedure. Throws `TRPCError`s that say what is wrong with the request. */
export async function readInput(request: InputRequest): Promise<unknown> {
  try {
    const { route } = request;
    const sent = hasBody(route.method) ? await readBodyInput(request) : readQueryInput(request);
    rejectUnsafe(sent);
    return route.fixed === undefined ? sent : { ...(isRecord(sent) ? sent : {}), ...route.fixed };
  } catch (cause) {
    throw toBadRequest(cause);
  }
}

const pathOf = ({ route, values }: InputRequest, others?: ParameterNode) =>
  pathNode(route.names, values, others);

function readQueryInput(request: InputRequest): unknown {
  const { operation, names } = request.route;
  const query = parseParameters(request.search);
  if (operation.meta.freeParameters)
    gatherFreeParameters(query, operation.meta.freeParameters, operation.reader.known);
  checkKeys(query, operation.reader.known, names);
  return operation.reader.fromParameters(pathOf(request, query));
}

const nothingKnown = knownKeysOf([]);

/** Rejects any query. For operations whose input comes in a body, and for those without input. */
export function rejectQuery(search: string): void {
  if (search === '') return;
  try {
    checkKeys(parseParameters(search), nothingKnown, []);
  } catch (cause) {
    throw toBadRequest(cause);
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
    const fields = typeof text === 'string' ? parseParameters(text) : fromNatural(text);
    rejectForbiddenKeys(fields);
    return reader.fromParameters(pathOf(request, fields));
  }
  return reader.fromBody(typeof text === 'string' ? parseJson(text) : text, pathOf(request));
}

/**
 * A body that a parser before us left as bytes or text, as `readText` gives it; any other value
 * stays.
 */
function asText(body: unknown): unknown {
  if (typeof body === 'string') return withoutByteOrderMark(body);
  if (!Buffer.isBuffer(body)) return body;
  const text = decodeUtf8([body]);
  if (text === undefined) throw notUtf8();
  return text;
}

/** The path's parameters, and the parts of the body as they arrive. */
function partsOf(request: InputRequest, boundary: string): unknown {
  const { req, route, bodyLimit } = request;
  if (Number(req.headers['content-length'] ?? 0) > bodyLimit) throw tooLarge(bodyLimit);
  const parameters = route.operation.reader.fromParameters(pathOf(request));
  return {
    ...(isRecord(parameters) ? parameters : {}),
    parts: readParts(req, boundary, bodyLimit),
  };
}

/** Refuses a content type that the route does not take: 415, with the hint of RFC 9110 §15.5.16. */
export function checkBodyType(req: RestIncoming, route: Route): MediaType {
  const type = parseMediaType(req.headers['content-type'] ?? '');
  if (!takes(route, type.essence)) throw unsupported(route);
  checkEncoding(req, type);
  return type;
}

function takes({ form, operation }: Route, essence: string): boolean {
  if (essence === formType) return form === true || form === 'only';
  if (essence === multipartType) return operation.meta.multipart !== undefined;
  return form !== 'only' && operation.meta.multipart === undefined && isJsonType(essence);
}

/** The content types that a route takes. */
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
