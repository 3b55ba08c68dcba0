import type { InputIssue } from '@synap/http';
import { createNode, type ParameterNode, toNatural } from './parameters.js';
import type { Reading } from './scalars.js';

type Path = readonly (string | number)[];

/**
 * Turns what a query, a form or a path gave into what a schema says. Pushes an issue for what
 * cannot be that.
 */
export type Coercer = (node: ParameterNode, path: Path, issues: InputIssue[]) => unknown;

/** Exactly one value; a repeated one has no meaning that two readers would share. */
export function scalar(read: (text: string) => Reading): Coercer {
  return (node, path, issues) => {
    const [text] = node.values;
    if (node.children !== undefined || text === undefined) return toNatural(node);
    if (node.values.length > 1) {
      issues.push({ path, message: 'Give this parameter once.', code: 'repeated' });
      return text;
    }
    const reading = read(text);
    if ('value' in reading) return reading.value;
    issues.push({ path, message: reading.message, code: reading.code });
    return text;
  };
}

/**
 * Closed sets of values, by how each is written. What is not in the set stays text, for the schema
 * to refuse.
 */
export function oneOf(values: readonly unknown[]): Coercer {
  const byText = new Map(values.map((value) => [String(value), value]));
  return scalar((text) => ({ value: byText.has(text) ? byText.get(text) : text }));
}

/** `null` means null, unless the text `null` is itself a good value. */
export function nullable(inner: Coercer, takesText: boolean): Coercer {
  return (node, path, issues) =>
    !takesText &&
    node.children === undefined &&
    node.values.length === 1 &&
    node.values[0] === 'null'
      ? null
      : inner(node, path, issues);
}

/** A schema with a fallback never refuses. */
export function lenient(inner: Coercer): Coercer {
  return (node, path) => inner(node, path, []);
}

export function list(item: Coercer): Coercer {
  return listBy(() => item);
}

/** `tag=a`, `tag=a&tag=b`, `tag[]=a` and `tag[0]=a` are lists. */
export function listBy(itemAt: (index: number) => Coercer): Coercer {
  return (node, path, issues) => {
    const items = node.values.map((value) => createNode(value));
    if (node.children !== undefined) {
      const indexed = [...node.children].map(([name, child]) => ({ index: Number(name), child }));
      if (indexed.some(({ index }) => !Number.isInteger(index) || index < 0))
        return toNatural(node);
      items.push(...indexed.sort((a, b) => a.index - b.index).map(({ child }) => child));
    }
    return items.map((item, index) => itemAt(index)(item, [...path, index], issues));
  };
}

/** Declared properties, and others only where the schema has a place for them. */
export function object(
  properties: ReadonlyMap<string, Coercer>,
  other: Coercer | undefined,
): Coercer {
  return (node, path, issues) => {
    if (node.children === undefined) return node.values.length === 0 ? {} : toNatural(node);
    const entries: [string, unknown][] = [];
    for (const [name, child] of node.children) {
      const coerce = properties.get(name) ?? other;
      if (coerce) entries.push([name, coerce(child, [...path, name], issues)]);
    }
    return Object.fromEntries(entries);
  };
}

export function mapOf(key: Coercer, value: Coercer): Coercer {
  return (node, path, issues) => {
    if (node.children === undefined) return node.values.length === 0 ? new Map() : toNatural(node);
    return new Map(
      [...node.children].map(([name, child]) => [
        key(createNode(name), [...path, name], issues),
        value(child, [...path, name], issues),
      ]),
    );
  };
}

/**
 * Both sides read the same parameters; where they differ, the one that knew more than text wins.
 */
export function intersection(left: Coercer, right: Coercer): Coercer {
  return (node, path, issues) => {
    const a = left(node, path, issues);
    const b = right(node, path, issues);
    if (!isPlain(a) || !isPlain(b)) return typeof a === 'string' ? b : a;
    const merged = new Map(Object.entries(a));
    for (const [name, value] of Object.entries(b)) {
      if (!merged.has(name) || typeof merged.get(name) === 'string') merged.set(name, value);
    }
    return Object.fromEntries(merged);
  };
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
