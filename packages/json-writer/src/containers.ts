import { unexpected } from './errors.js';
import type { Node } from './node.js';
import { childPath, NoteOrder, pathKey } from './notes.js';
import { isCopyable } from './open-value.js';
import { quote } from './text.js';

/** Node of a list with elements of one kind, or of a tuple if there are items. */
export function listNode(items: readonly Node[], rest: Node | undefined): Node {
  const isAnnotated = rest?.isAnnotated || items.some((item) => item.isAnnotated);
  return {
    isAnnotated,
    write(value, path, notes) {
      if (!Array.isArray(value) || value.length < items.length) throw unexpected;
      const values: readonly unknown[] = value;
      const order = notes && isAnnotated ? new NoteOrder(notes) : undefined;
      let text = '';
      for (let index = 0; index < values.length; index += 1) {
        const node = items[index] ?? rest;
        if (node === undefined) throw unexpected;
        const inner = order && node.isAnnotated ? childPath(path, String(index)) : '';
        const written = node.write(values[index], inner, notes) ?? 'null';
        order?.check(inner);
        text += index === 0 ? written : `,${written}`;
      }
      return `[${text}]`;
    },
  };
}

/** Keys that an object moves to its front, or for which superjson and JSON have exceptions. */
const isSpecialKey = (key: string) =>
  /^(?:0|[1-9]\d*|__proto__|constructor|prototype|toJSON|)$/.test(key);

/** Node of a record whose keys are any text. */
export function recordNode(element: Node): Node {
  return {
    isAnnotated: element.isAnnotated,
    write(value, path, notes) {
      if (!isCopyable(value)) throw unexpected;
      let text = '';
      const order = notes && element.isAnnotated ? new NoteOrder(notes) : undefined;
      for (const key of Object.keys(value)) {
        if (order && (key === '' || key === 'prototype')) throw unexpected;
        const inner = order ? childPath(path, pathKey(key)) : '';
        const written = element.write(value[key], inner, notes);
        order?.check(inner);
        if (written !== undefined) text += `${text === '' ? '' : ','}${quote(key)}:${written}`;
      }
      return `{${text}}`;
    },
  };
}

/** A declared property. */
export interface Property {
  readonly key: string;
  readonly node: Node;
  /** True if the object may lack it. */
  readonly isOptional: boolean;
}

/** Undeclared properties: omitted, rejected, or written. */
export type Rest = 'omit' | 'reject' | Node;

/** True if properties with these keys are written in the order in which they are declared. */
export const areWritable = (keys: readonly string[]): boolean => !keys.some(isSpecialKey);

interface CompiledProperty extends Property {
  /** The key as JSON, with its colon. */
  readonly head: string;
  readonly pathKey: string;
}

/** Node of an object. Writes declared properties only, unless there is a node for the rest. */
export function objectNode(declared: readonly Property[], rest: Rest): Node {
  const properties = declared.map(
    ({ key, node, isOptional }): CompiledProperty => ({
      key,
      node,
      isOptional,
      head: `${JSON.stringify(key)}:`,
      pathKey: pathKey(key),
    }),
  );
  const writeRest = rest === 'omit' ? undefined : createRest(declared, rest);
  const isAnnotated =
    properties.some(({ node }) => node.isAnnotated) ||
    (typeof rest === 'object' && rest.isAnnotated);
  return {
    isAnnotated,
    write(value, path, notes) {
      if (!isObject(value)) throw unexpected;
      let text = '';
      for (const { key, node, isOptional, head, pathKey: end } of properties) {
        const inner = value[key];
        if (inner === undefined && !(key in value)) {
          if (isOptional) continue;
          throw unexpected;
        }
        const innerPath = notes && node.isAnnotated ? childPath(path, end) : '';
        const written = node.write(inner, innerPath, notes);
        if (written !== undefined) text += text === '' ? head + written : `,${head}${written}`;
      }
      if (writeRest) text = writeRest(text, value, path, notes);
      return `{${text}}`;
    },
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type WriteRest = (
  text: string,
  value: Readonly<Record<string, unknown>>,
  path: string,
  notes: Parameters<Node['write']>[2],
) => string;

/** Creates the function that appends the undeclared properties, or rejects them. */
function createRest(declared: readonly Property[], rest: Exclude<Rest, 'omit'>): WriteRest {
  const known = new Set(declared.map(({ key }) => key));
  return (text, value, path, notes) => {
    let all = text;
    for (const key in value) {
      if (known.has(key)) continue;
      if (rest === 'reject' || isSpecialKey(key)) throw unexpected;
      const inner = notes && rest.isAnnotated ? childPath(path, pathKey(key)) : '';
      const written = rest.write(value[key], inner, notes);
      if (written !== undefined) all += `${all === '' ? '' : ','}${quote(key)}:${written}`;
    }
    return all;
  };
}
