import { isRecord } from '@synap/http';
import type { Route } from '../routing/routes.js';
import { fillTemplate } from '../routing/template.js';

/** `Link` relations (RFC 8288) of a page: by cursor, or by page number if the output has one. */
export function paginationLinks(path: string, search: string, output: unknown): string[] {
  if (!isRecord(output)) return [];
  const query = new URLSearchParams(search);
  const link = (relation: string, changes: Record<string, string | null>) => {
    const target = new URLSearchParams(query);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) target.delete(name);
      else target.set(name, value);
    }
    const text = target.toString();
    return `<${path}${text === '' ? '' : `?${text}`}>; rel="${relation}"`;
  };
  const { nextCursor, page, size, total } = output;
  if (
    typeof page === 'number' &&
    typeof size === 'number' &&
    typeof total === 'number' &&
    !query.has('cursor')
  ) {
    return pageLinks(page, Math.max(1, Math.ceil(total / Math.max(1, size))), (relation, number) =>
      link(relation, { page: String(number), cursor: null }),
    );
  }
  const links: string[] = [];
  if (query.has('cursor')) links.push(link('first', { cursor: null }));
  if (typeof nextCursor === 'string') links.push(link('next', { cursor: nextCursor, page: null }));
  return links;
}

function pageLinks(
  page: number,
  last: number,
  link: (relation: string, page: number) => string,
): string[] {
  const links = [link('first', 1), link('last', last)];
  if (page > 1) links.push(link('prev', Math.min(page - 1, last)));
  if (page < last) links.push(link('next', page + 1));
  return links;
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
