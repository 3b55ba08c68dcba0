import { InputFault, type InputIssue, isForbiddenKey, keyIssue } from '@synap/http';
import { inputFault } from './fault.js';

/**
 * What a query, a form or a path gives for one name: its values as sent, and what lies below it by
 * bracket notation.
 */
export interface ParameterNode {
  readonly values: string[];
  children?: Map<string, ParameterNode>;
}

/** Bounds of what one request may make us build. */
const maxPairs = 1000;
const maxDepth = 10;

export const createNode = (...values: string[]): ParameterNode => ({ values });

/**
 * Reads `a=1&b=2&tag=x&tag=y&filter[status]=open` (application/x-www-form-urlencoded, WHATWG URL
 * §5.1) into a tree. Names stay in Maps, so `__proto__` is a name like any other. Throws an
 * `InputFault` where it is not percent-encoded well.
 */
export function parseParameters(text: string): ParameterNode {
  const root = createNode();
  if (text === '') return root;
  const pairs = text.split('&');
  if (pairs.length > maxPairs)
    throw inputFault([], `Give at most ${maxPairs} parameters.`, 'too_many');
  for (const pair of pairs) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    nodeAt(root, segmentsOf(name)).values.push(value);
  }
  return root;
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw inputFault([], 'The parameters are not percent-encoded well.', 'bad_encoding');
  }
}

/**
 * `filter[status]` → `filter`, `status`; a name whose brackets do not pair stays whole. `tag[]` is
 * the same as `tag`.
 */
function segmentsOf(name: string): string[] {
  const open = name.indexOf('[');
  if (open <= 0 || !name.endsWith(']')) return [name];
  const inner = name.slice(open + 1, -1);
  const segments = inner === '' ? [] : inner.split('][');
  if (segments.length > maxDepth)
    throw inputFault([], `Nest parameters at most ${maxDepth} deep.`, 'too_deep');
  if (segments.at(-1) === '') segments.pop();
  return [name.slice(0, open), ...segments];
}

function nodeAt(root: ParameterNode, segments: readonly string[]): ParameterNode {
  let node = root;
  for (const segment of segments) {
    node.children ??= new Map();
    let child = node.children.get(segment);
    if (child === undefined) {
      child = createNode();
      node.children.set(segment, child);
    }
    node = child;
  }
  return node;
}

/**
 * Throws an `InputFault` that names keys that reach a prototype, also where no schema takes them.
 */
export function rejectForbiddenKeys(root: ParameterNode): void {
  const issues: InputIssue[] = [];
  const visit = (node: ParameterNode, path: readonly string[]) => {
    for (const [name, child] of node.children ?? []) {
      if (isForbiddenKey(name)) issues.push(keyIssue([...path, name]));
      visit(child, [...path, name]);
    }
  };
  visit(root, []);
  if (issues.length > 0) throw new InputFault(issues);
}

/**
 * A tree as plain values, for where the schema has no say: one value is a string, many are an
 * array, brackets an object.
 */
export function toNatural(node: ParameterNode): unknown {
  if (node.children === undefined)
    return node.values.length === 1 ? node.values[0] : [...node.values];
  return Object.fromEntries([...node.children].map(([name, child]) => [name, toNatural(child)]));
}

/** The tree of plain values, as a form parser before us made them. */
export function fromNatural(value: unknown): ParameterNode {
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object'))
    return createNode(...value.map(String));
  if (typeof value !== 'object' || value === null) return createNode(String(value));
  return {
    values: [],
    children: new Map(Object.entries(value).map(([name, child]) => [name, fromNatural(child)])),
  };
}
