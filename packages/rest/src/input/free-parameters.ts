import type { FreeParameters } from '../meta.js';
import { isRecord } from '../schema.js';
import { inputFault, rejectUnsafe } from './fault.js';
import type { KnownKeys } from './known-keys.js';
import { createNode, fromNatural, type ParameterNode } from './parameters.js';

/**
 * Moves every parameter that is not declared below the field that takes them: `limit=2` reads as
 * `params[limit]=2`. Brackets and JSON below the field's name or the documented one work too, for
 * generators that write these.
 */
export function gatherFreeParameters(
  query: ParameterNode,
  { field, name }: FreeParameters,
  declared: KnownKeys,
): void {
  if (query.children === undefined) return;
  const gathered = new Map<string, ParameterNode>();
  const add = (key: string, child: ParameterNode) => {
    if (gathered.has(key)) throw inputFault([field, key], 'Give this parameter once.', 'repeated');
    gathered.set(key, child);
  };
  const kept = new Map<string, ParameterNode>();
  for (const [key, child] of query.children) {
    if (key === field || key === name) {
      for (const [inner, value] of child.children ?? []) add(inner, value);
      for (const text of child.values)
        for (const [inner, value] of readJson(text, field, key)) add(inner, value);
    } else if (declared.names.has(key)) kept.set(key, child);
    else add(key, child);
  }
  if (gathered.size > 0) kept.set(field, { ...createNode(), children: gathered });
  query.children = kept;
}

/** The properties of a JSON object as parameters. Their scalars become text, as in any query. */
function readJson(text: string, field: string, key: string): Iterable<[string, ParameterNode]> {
  const parsed = parse(text);
  // Before numbers become text, in which lost digits cannot be seen.
  rejectUnsafe(parsed, [field]);
  const children = fromNatural(parsed).children;
  if (children) return children;
  throw inputFault(
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
