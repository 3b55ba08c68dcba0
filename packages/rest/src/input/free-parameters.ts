import { isRecord } from '@synap/http';
import type { FreeParameters } from '../meta.js';
import { inputError, rejectUnsafe } from './input-error.js';
import type { KnownKeys } from './known-keys.js';
import { createNode, fromPlainValue, type ParameterNode } from './parameters.js';

/**
 * Moves every undeclared parameter below the field that collects them: `limit=2` becomes
 * `params[limit]=2`. For code generators, brackets and JSON below the field or its documented name
 * work too.
 */
export function collectFreeParameters(
  query: ParameterNode,
  { field, name }: FreeParameters,
  declared: KnownKeys,
): void {
  if (query.children === undefined) return;
  const collected = new Map<string, ParameterNode>();
  const add = (key: string, child: ParameterNode) => {
    if (collected.has(key))
      throw inputError([field, key], 'Send this parameter only once.', 'repeated');
    collected.set(key, child);
  };
  const remaining = new Map<string, ParameterNode>();
  for (const [key, child] of query.children) {
    if (key === field || key === name) {
      for (const [inner, value] of child.children ?? []) add(inner, value);
      for (const text of child.values)
        for (const [inner, value] of readJson(text, field, key)) add(inner, value);
    } else if (declared.names.has(key)) remaining.set(key, child);
    else add(key, child);
  }
  if (collected.size > 0) remaining.set(field, { ...createNode(), children: collected });
  query.children = remaining;
}

/** Properties of a JSON object as parameters. Scalars become text, as in any query. */
function readJson(text: string, field: string, key: string): Iterable<[string, ParameterNode]> {
  const parsed = parse(text);
  // Check before numbers become text: lost digits would no longer be visible.
  rejectUnsafe(parsed, [field]);
  const children = fromPlainValue(parsed).children;
  if (children) return children;
  throw inputError(
    [field],
    `Send each parameter by its name, or as ${key}[name]=value.`,
    'invalid_type',
  );
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
