import { InputError, type InputIssue } from '@synap/http';
import type { $ZodType } from 'zod/v4/core';
import { childrenOf, definitionOf, unwrap } from '../schema.js';
import type { ParameterNode } from './parameters.js';

/** Keys that the schemas accept at one level of a query. */
export interface KnownKeys {
  readonly names: ReadonlyMap<string, readonly $ZodType[]>;
  /** Schemas of all other keys; undefined if other keys are rejected. */
  readonly others: readonly $ZodType[] | undefined;
}

/** Maximum number of unknown keys in one response. */
const maxIssues = 10;
const maxNameLength = 100;

/** Keys that at least one of the schemas accepts. Without schemas there are none. */
export function knownKeysOf(schemas: readonly $ZodType[]): KnownKeys {
  const names = new Map<string, $ZodType[]>();
  let others: $ZodType[] | undefined;
  let isKeyed = schemas.length === 0;
  const seen = new Set<$ZodType>();
  const visit = (schema: $ZodType): void => {
    const inner = unwrap(schema, 'input');
    if (seen.has(inner)) return;
    seen.add(inner);
    const def = definitionOf(inner);
    if (def.type === 'union' || def.type === 'intersection')
      return childrenOf(inner, 'input').forEach(visit);
    if (scalarTypes.has(def.type)) return;
    isKeyed = true;
    if (def.type !== 'object') {
      if (!emptyTypes.has(def.type)) others = [...(others ?? []), ...elementsOf(inner)];
      return;
    }
    for (const [name, property] of Object.entries<$ZodType>(def.shape))
      names.set(name, [...(names.get(name) ?? []), property]);
    if (def.catchall && definitionOf(def.catchall).type !== 'never')
      others = [...(others ?? []), def.catchall];
  };
  schemas.forEach(visit);
  // The schema rejects keys below a scalar, with a better message.
  return { names, others: isKeyed ? others : [] };
}

const scalarTypes: ReadonlySet<string> = new Set(
  'string number bigint boolean date null nan literal enum template_literal file'.split(' '),
);
const emptyTypes: ReadonlySet<string> = new Set(['void', 'undefined', 'never']);

/** Schemas of the values in a container; empty if any value is allowed. */
function elementsOf(schema: $ZodType): $ZodType[] {
  const def = definitionOf(schema);
  if (def.type === 'record' || def.type === 'map') return [def.valueType];
  return def.type === 'array' || def.type === 'tuple' || def.type === 'set'
    ? childrenOf(schema, 'input')
    : [];
}

/**
 * Throws an `InputError` that names the unknown keys of a query and lists the known ones. `inPath`
 * are the keys that the path sets.
 */
export function checkKeys(query: ParameterNode, known: KnownKeys, inPath: readonly string[]): void {
  if (query.children === undefined) return;
  const names = new Map([...known.names].filter(([name]) => !inPath.includes(name)));
  const issues: InputIssue[] = [];
  for (const name of inPath)
    if (query.children.has(name)) issues.push(issueOf([name], 'The path already sets it.'));
  findUnknown(query, { names, others: known.others }, [], issues, new Set(inPath));
  if (issues.length > 0) throw new InputError(issues.slice(0, maxIssues));
}

function findUnknown(
  node: ParameterNode,
  known: KnownKeys,
  path: readonly string[],
  issues: InputIssue[],
  skipped: ReadonlySet<string>,
): void {
  for (const [name, child] of node.children ?? []) {
    if (issues.length >= maxIssues) return;
    if (skipped.has(name)) continue;
    const schemas = known.names.get(name) ?? known.others;
    if (schemas === undefined) issues.push(issueOf([...path, name], hintOf(known)));
    else if (schemas.length > 0)
      findUnknown(child, knownKeysOf(schemas), [...path, name], issues, new Set());
  }
}

function hintOf({ names }: KnownKeys): string {
  return names.size === 0
    ? 'No parameters are allowed here.'
    : `Allowed here: ${[...names.keys()].sort().join(', ')}.`;
}

function issueOf(path: readonly string[], hint: string): InputIssue {
  const name = path.at(-1) ?? '';
  const shown = name.length > maxNameLength ? `${name.slice(0, maxNameLength)}…` : name;
  return {
    path,
    message: `Unknown query parameter "${shown}". ${hint}`,
    code: 'unrecognized_keys',
  };
}
