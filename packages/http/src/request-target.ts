import type { IncomingMessage } from 'node:http';

/** A request with the properties that Express adds. */
export interface IncomingRequest extends IncomingMessage {
  /** Full URL if Express mounts the handler below a path. */
  originalUrl?: string;
  /** Set if a body parser ran earlier. */
  body?: unknown;
}

const slash = 47;

/** Matches a request target in absolute form. Rejects userinfo, as RFC 9110 §4.2.4 advises. */
const absoluteForm = /^https?:\/\/([^/?#@]+)([/?].*)?$/i;

/**
 * Converts a request target to origin form (path and query, RFC 9112 §3.2.1) without a fragment.
 * Returns undefined for `*`, an authority, and schemes other than HTTP.
 */
export function originForm(target: string): string | undefined {
  const fragment = target.indexOf('#');
  const text = fragment < 0 ? target : target.slice(0, fragment);
  if (text.charCodeAt(0) === slash) return text;
  const match = absoluteForm.exec(text);
  if (match === null) return undefined;
  const rest = match[2] ?? '/';
  return rest.charCodeAt(0) === slash ? rest : `/${rest}`;
}

/**
 * Host and port of a request target in absolute form (RFC 9112 §3.2.2); undefined for other forms.
 */
export const authorityOf = (target: string): string | undefined =>
  absoluteForm.exec(target.split('#', 1)[0] ?? '')?.[1];

/** URL of a request, split at its query. */
export interface RequestTarget {
  /** Percent-encoded path. */
  readonly path: string;
  /** Query string without its `?`. */
  readonly search: string;
}

/** Splits the URL that the client sent. A target without a path is read as `/`. */
export function splitTarget({ originalUrl, url }: IncomingRequest): RequestTarget {
  const target = originForm(originalUrl ?? url ?? '/') ?? '/';
  const mark = target.indexOf('?');
  return mark < 0
    ? { path: target, search: '' }
    : { path: target.slice(0, mark), search: target.slice(mark + 1) };
}

/**
 * Part of a path below a base path such as `/api`: empty, or with a leading slash. Returns undefined
 * if the path is not below it.
 */
export const pathBelow = (base: string, path: string): string | undefined =>
  path.startsWith(base) && (path.length === base.length || path.charCodeAt(base.length) === slash)
    ? path.slice(base.length)
    : undefined;
