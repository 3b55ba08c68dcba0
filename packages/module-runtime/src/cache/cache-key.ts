import { createHash } from 'node:crypto';
import { keyPrefix } from './widget-result-store.js';

/** Serializes with sorted object keys, so that equal values yield equal text. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** Cache key of one widget's data for one set of parameters; has a bounded length. */
export function cacheKey(moduleId: string, widgetId: string, params: unknown): string {
  const digest = createHash('sha256').update(canonicalJson(params)).digest('base64url');
  return `${keyPrefix(moduleId)}${widgetId}:${digest}`;
}
