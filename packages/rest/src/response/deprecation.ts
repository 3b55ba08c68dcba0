import type { Route } from '../routing/routes.js';
import { fillTemplate } from '../routing/template.js';

/**
 * Formats a date as `Deprecation` header (RFC 9745 §2.1): seconds since 1970 as a structured date.
 * @throws Error if it is not an ISO 8601 date.
 */
export function deprecationDate(iso: string): string {
  const milliseconds = Date.parse(iso);
  if (Number.isNaN(milliseconds)) throw new Error(`"${iso}" is not a date: use an ISO 8601 date.`);
  return `@${Math.floor(milliseconds / 1000)}`;
}

/**
 * `Link` header to the successor of a deprecated address (RFC 5829 §3.5). Returns undefined if the
 * old address lacks a parameter of the new one.
 */
export function successorLink(
  route: Route,
  values: readonly string[],
  base: string,
): string | undefined {
  const filled = fillTemplate(
    route.replacement?.to ?? route.operation.meta.path,
    (name) => values[route.names.indexOf(name)] ?? route.fixed?.[name],
  );
  return filled === undefined ? undefined : `<${base}${filled}>; rel="successor-version"`;
}
