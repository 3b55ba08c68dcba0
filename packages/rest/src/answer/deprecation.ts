import type { Route } from '../routing/routes.js';
import { fillTemplate } from '../routing/template.js';

/** `Deprecation` of a date (RFC 9745 §2.1): an integer of seconds, as a structured date. */
export function deprecationDate(iso: string): string {
  const milliseconds = Date.parse(iso);
  if (Number.isNaN(milliseconds))
    throw new Error(`"${iso}" is not a date: give an ISO 8601 date as deprecation date.`);
  return `@${Math.floor(milliseconds / 1000)}`;
}

/**
 * `Link` to what took the place of a deprecated address (RFC 5829 §3.5); undefined where the old
 * one does not name it.
 */
export function successorLink(
  route: Route,
  values: readonly string[],
  base: string,
): string | undefined {
  const filled = fillTemplate(
    route.moved?.to ?? route.operation.meta.path,
    (name) => values[route.names.indexOf(name)] ?? route.fixed?.[name],
  );
  return filled === undefined ? undefined : `<${base}${filled}>; rel="successor-version"`;
}
