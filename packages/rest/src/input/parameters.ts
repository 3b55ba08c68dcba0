import { InputError, type InputIssue, isForbiddenKey, keyIssue } from '@synap/http';
import { inputError } from './input-error.js';

/**
 * Parameters of one name in a query, a form or a path: values as sent, and children in bracket
 * notation.
 */
export interface ParameterNode {
  readonly values: string[];
  children?: Map<string, ParameterNode>;
}

/** Limits on the size of the tree that one request can create. */
const maxPairs = 1000;
const maxDepth = 10;

export const createNode = (...values: string[]): ParameterNode => ({ values });

/**
 * Parses `a=1&b=2&tag=x&tag=y&filter[status]=open` (application/x-www-form-urlencoded, WHATWG URL
 * §5.1) into a tree. Names are Map keys, so `__proto__` is safe.
 * @throws InputError for invalid percent-encoding.
 */
export function parseParameters(text: string): ParameterNode {
  const root = createNode();
  if (text === '') return root;
  const pairs = text.split('&');
  if (pairs.length > maxPairs)
    throw inputError([], `Send at most ${maxPairs} parameters.`, 'too_many');
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
    throw inputError([], 'The parameters have invalid percent-encoding.', 'bad_encoding');
  }
}

/**
 * Splits `filter[status]` into `filter` and `status`. A name with unbalanced brackets stays whole;
 * `tag[]` equals `tag`.
 */
function segmentsOf(name: string): string[] {
  const open = name.indexOf('[');
  if (open <= 0 || !name.endsWith(']')) return [name];
  const inner = name.slice(open + 1, -1);
  const segments = inner === '' ? [] : inner.split('][');
  if (segments.length > maxDepth)
    throw inputError([], `Nest parameters at most ${maxDepth} deep.`, 'too_deep');
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
 * Throws an `InputError` that names keys that can modify a prototype, even if no schema accepts
 * them.
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
  if (issues.length > 0) throw new InputError(issues);
}

/**
 * Converts a tree to plain values if no schema describes it: one value becomes a string, several an
 * array, brackets an object.
 */
export function toPlainValue(node: ParameterNode): unknown {
  if (node.children === undefined)
    return node.values.length === 1 ? node.values[0] : [...node.values];
  return Object.fromEntries([...node.children].map(([name, child]) => [name, toPlainValue(child)]));
}

/** Converts the output of an earlier form parser to a tree. */
export function fromPlainValue(value: unknown): ParameterNode {
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object'))
    return createNode(...value.map(String));
  if (typeof value !== 'object' || value === null) return createNode(String(value));
  return {
    values: [],
    children: new Map(Object.entries(value).map(([name, child]) => [name, fromPlainValue(child)])),
  };
}
