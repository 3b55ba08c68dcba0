import type { InputIssue } from '@synap/http';
import { createNode, type ParameterNode, toPlainValue } from './parameters.js';
import type { ParseResult } from './scalars.js';

type Path = readonly (string | number)[];

/**
 * Converts the text values of a query, a form or a path to the types of a schema. Adds an issue for
 * each value that cannot be converted.
 */
export type Coercer = (node: ParameterNode, path: Path, issues: InputIssue[]) => unknown;

/**
 * Coercer for a single value. Rejects repeated parameters, because parsers disagree on their
 * meaning.
 */
export function scalar(read: (text: string) => ParseResult): Coercer {
  return (node, path, issues) => {
    const [text] = node.values;
    if (node.children !== undefined || text === undefined) return toPlainValue(node);
    if (node.values.length > 1) {
      issues.push({ path, message: 'Send this parameter only once.', code: 'repeated' });
      return text;
    }
    const result = read(text);
    if ('value' in result) return result.value;
    issues.push({ path, message: result.message, code: result.code });
    return text;
  };
}

/**
 * Coercer for a closed set of values, by their text. Other text stays unchanged, so that the schema
 * rejects it.
 */
export function oneOf(values: readonly unknown[]): Coercer {
  const byText = new Map(values.map((value) => [String(value), value]));
  return scalar((text) => ({ value: byText.has(text) ? byText.get(text) : text }));
}

/** Converts `null` to null, unless the schema accepts the text `null`. */
export function nullable(inner: Coercer, takesText: boolean): Coercer {
  return (node, path, issues) =>
    !takesText &&
    node.children === undefined &&
    node.values.length === 1 &&
    node.values[0] === 'null'
      ? null
      : inner(node, path, issues);
}

/** Drops the issues of a schema with a fallback (`.catch()`), which accepts any value. */
export function lenient(inner: Coercer): Coercer {
  return (node, path) => inner(node, path, []);
}

export function list(item: Coercer): Coercer {
  return listBy(() => item);
}

/** Accepts a list as `tag=a`, `tag=a&tag=b`, `tag[]=a` or `tag[0]=a`. */
export function listBy(itemAt: (index: number) => Coercer): Coercer {
  return (node, path, issues) => {
    const items = node.values.map((value) => createNode(value));
    if (node.children !== undefined) {
      const indexed = [...node.children].map(([name, child]) => ({ index: Number(name), child }));
      if (indexed.some(({ index }) => !Number.isInteger(index) || index < 0))
        return toPlainValue(node);
      items.push(...indexed.sort((a, b) => a.index - b.index).map(({ child }) => child));
    }
    return items.map((item, index) => itemAt(index)(item, [...path, index], issues));
  };
}

/** Coercer for declared properties. Keeps others only if the schema accepts them. */
export function object(
  properties: ReadonlyMap<string, Coercer>,
  other: Coercer | undefined,
): Coercer {
  return (node, path, issues) => {
    if (node.children === undefined) return node.values.length === 0 ? {} : toPlainValue(node);
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
    if (node.children === undefined)
      return node.values.length === 0 ? new Map() : toPlainValue(node);
    return new Map(
      [...node.children].map(([name, child]) => [
        key(createNode(name), [...path, name], issues),
        value(child, [...path, name], issues),
      ]),
    );
  };
}

/**
 * Both sides read the same parameters. If their values differ, the one that is not plain text wins.
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
