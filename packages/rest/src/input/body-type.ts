import {
  findUnsupportedCoding,
  type IncomingRequest,
  type MediaType,
  parseMediaType,
} from '@synap/http';
import { HttpError } from '../response/http-error.js';
import type { Route } from '../routing/routes.js';

/** True for `application/json` and types with the suffix `+json` (RFC 6839 §3.1). */
const isJsonType = (essence: string): boolean =>
  essence === 'application/json' ||
  (essence.startsWith('application/') && essence.endsWith('+json'));

export const formType = 'application/x-www-form-urlencoded';
export const multipartType = 'multipart/form-data';

/** Rejects a body with a content encoding, or in a charset other than UTF-8. */
function checkEncoding(req: IncomingRequest, type: MediaType): void {
  const unsupported = findUnsupportedCoding(req, type);
  if (unsupported)
    throw new HttpError('UNSUPPORTED_MEDIA_TYPE', unsupported.message, unsupported.headers);
}

/**
 * Reads the content type of a body.
 * @throws HttpError 415 if the route or the server does not support it.
 */
export function checkBodyType(req: IncomingRequest, route: Route): MediaType {
  const type = parseMediaType(req.headers['content-type'] ?? '');
  if (!acceptsType(route, type.essence)) throw unsupportedType(route);
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

/** Error with 415 and an `Accept` header (RFC 9110 §15.5.16). */
export function unsupportedType(route: Route): HttpError {
  const types = acceptedTypes(route);
  return new HttpError('UNSUPPORTED_MEDIA_TYPE', `Send the body as ${types.join(' or ')}.`, {
    accept: types.join(', '),
  });
}
