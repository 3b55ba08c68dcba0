import { parseTemplate, type TemplateSegment } from './template.js';

/** Routes of a path by method, and its parameter values in order. */
export interface PathMatch<T> {
  readonly methods: ReadonlyMap<string, T>;
  readonly values: readonly string[];
}

interface PathNode<T> {
  readonly fixed: Map<string, PathNode<T>>;
  /** Parameters with text around them in one segment, longest text first. */
  readonly partial: { prefix: string; suffix: string; node: PathNode<T> }[];
  parameter?: PathNode<T>;
  methods?: Map<string, T>;
}

const createNode = <T>(): PathNode<T> => ({
  fixed: new Map(),
  partial: [],
  methods: undefined,
  parameter: undefined,
});

/**
 * Finds routes by the segments of a path. The cost does not depend on the number of routes. Fixed
 * text wins over a parameter, regardless of registration order.
 */
export class PathTree<T> {
  readonly #root: PathNode<T> = createNode();

  /**
   * Adds a route.
   * @throws Error if the method and path (ignoring parameter names) are already registered.
   */
  add(method: string, template: string, route: T): void {
    let node = this.#root;
    for (const segment of parseTemplate(template)) node = descend(node, segment);
    node.methods ??= new Map();
    if (node.methods.has(method))
      throw new Error(
        `Two operations are served at ${method} ${template}: change one of the paths.`,
      );
    node.methods.set(method, route);
  }

  /**
   * Finds a route. Ignores one trailing slash and the case of fixed text.
   * @throws URIError for invalid percent-encoding.
   */
  match(path: string): PathMatch<T> | undefined {
    const segments = split(path);
    const values: string[] = [];
    const methods = find(this.#root, segments, 0, values);
    return methods && { methods, values };
  }
}

function descend<T>(node: PathNode<T>, segment: TemplateSegment): PathNode<T> {
  if (segment.kind === 'fixed') {
    const key = segment.text.toLowerCase();
    const child = node.fixed.get(key) ?? createNode<T>();
    node.fixed.set(key, child);
    return child;
  }
  const { prefix, suffix } = segment;
  if (prefix === '' && suffix === '') {
    node.parameter ??= createNode();
    return node.parameter;
  }
  const existing = node.partial.find(
    (partial) => partial.prefix === prefix && partial.suffix === suffix,
  );
  if (existing) return existing.node;
  const added = { prefix, suffix, node: createNode<T>() };
  node.partial.push(added);
  node.partial.sort(
    (a, b) => b.prefix.length + b.suffix.length - a.prefix.length - a.suffix.length,
  );
  return added.node;
}

function split(path: string): string[] {
  const segments = path.split('/');
  segments.shift();
  if (segments.at(-1) === '') segments.pop();
  return path.includes('%') ? segments.map(decodeURIComponent) : segments;
}

function find<T>(
  node: PathNode<T>,
  segments: readonly string[],
  index: number,
  values: string[],
): Map<string, T> | undefined {
  const segment = segments[index];
  if (segment === undefined) return node.methods;
  const fixed = node.fixed.get(segment) ?? node.fixed.get(segment.toLowerCase());
  const found = fixed && find(fixed, segments, index + 1, values);
  if (found) return found;
  for (const { prefix, suffix, node: child } of node.partial) {
    if (
      segment.length <= prefix.length + suffix.length ||
      !segment.startsWith(prefix) ||
      !segment.endsWith(suffix)
    )
      continue;
    const below = descendInto(
      child,
      segment.slice(prefix.length, segment.length - suffix.length),
      segments,
      index,
      values,
    );
    if (below) return below;
  }
  return node.parameter && segment !== ''
    ? descendInto(node.parameter, segment, segments, index, values)
    : undefined;
}

function descendInto<T>(
  node: PathNode<T>,
  value: string,
  segments: readonly string[],
  index: number,
  values: string[],
): Map<string, T> | undefined {
  const depth = values.length;
  values.push(value);
  const found = find(node, segments, index + 1, values);
  if (!found) values.length = depth;
  return found;
}
