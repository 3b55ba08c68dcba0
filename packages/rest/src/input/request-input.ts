import {
  announcesBody,
  announcesMoreThan,
  bodyNotUtf8,
  bodyTooLarge,
  decodeUtf8,
  type IncomingRequest,
  isRecord,
  readText,
  withoutByteOrderMark,
} from '@synap/http';
import { TRPCError } from '@trpc/server';
import { hasBody } from '../routing/operations.js';
import type { Route } from '../routing/routes.js';
import { checkBodyType, formType, multipartType, unsupportedType } from './body-type.js';
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
  if (type === undefined) throw unsupportedType(route);
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

/** Parses JSON. Throws `BAD_REQUEST` without the parser's message, which quotes the body. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TRPCError({ code: 'BAD_REQUEST', message: 'The body is not valid JSON.' });
  }
}
