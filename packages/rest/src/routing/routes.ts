import type { AnyTRPCRouter } from '@trpc/server';
import { deprecationDate } from '../answer/deprecation.js';
import { createSerializer, type Serializer } from '../answer/json.js';
import type { RestMethod, RestOperation, RestPath } from '../meta.js';
import { givesWhatIsRead, type Operation, readOperations } from './operations.js';
import { PathTree } from './path-tree.js';
import { parameterNames } from './template.js';

/** One address of an operation. */
export interface Route {
  readonly operation: Operation;
  readonly method: RestMethod;
  readonly names: readonly string[];
  readonly form: RestOperation['form'];
  /** Input that the address itself means. */
  readonly fixed: Readonly<Record<string, unknown>> | undefined;
  /**
   * Of a deprecated address: the value of its `Deprecation` header, and the path of what took its
   * place.
   */
  readonly moved: { readonly deprecation: string; readonly to: RestPath } | undefined;
  readonly write: Serializer;
  /** The GET of the same resource, for preconditions; undefined if it has none. */
  readonly reading: Route | undefined;
  /** The GET of the resource that this creates, if it gives the same representation. */
  readonly created: Route | undefined;
}

/**
 * Every address of every operation of a router, by path. `deprecatedSince` dates the aliases that
 * have no date of their own.
 */
export function buildRoutes(router: AnyTRPCRouter, deprecatedSince: string): PathTree<Route> {
  const tree = new PathTree<Route>();
  const operations = readOperations(router);
  const readings = new Map(
    operations
      .filter(({ meta }) => meta.method === 'GET')
      .map((operation) => [operation.meta.path, readingOf(operation)]),
  );
  for (const operation of operations) {
    const { meta } = operation;
    const write = createSerializer(operation.output);
    const created = meta.location && readings.get(meta.location);
    const common = {
      operation,
      write,
      reading: meta.method === 'GET' ? undefined : readings.get(meta.path),
      created: created && givesWhatIsRead(operation, created.operation) ? created : undefined,
    };
    tree.add(meta.method, meta.path, {
      ...common,
      method: meta.method,
      names: parameterNames(meta.path),
      form: meta.form,
      fixed: undefined,
      moved: meta.replacedBy && {
        deprecation: deprecationDate(meta.replacedBy.since),
        to: meta.replacedBy.path,
      },
    });
    for (const alias of meta.aliases ?? []) {
      tree.add(alias.method, alias.path, {
        ...common,
        method: alias.method,
        names: parameterNames(alias.path),
        form: alias.form ?? meta.form,
        fixed: alias.input,
        moved: alias.operationId
          ? undefined
          : {
              deprecation: deprecationDate(alias.deprecatedSince ?? deprecatedSince),
              to: meta.path,
            },
      });
    }
  }
  return tree;
}

/** The canonical address of a query. */
const readingOf = (operation: Operation): Route => ({
  operation,
  method: 'GET',
  names: parameterNames(operation.meta.path),
  form: undefined,
  fixed: undefined,
  moved: undefined,
  write: createSerializer(operation.output),
  reading: undefined,
  created: undefined,
});

/** The methods of a path, as `Allow` lists them (RFC 9110 §10.2.1). */
export function allowedMethods(methods: ReadonlyMap<string, Route>): string {
  const allowed = [...methods.keys()];
  if (methods.has('GET')) allowed.push('HEAD');
  return [...allowed, 'OPTIONS'].join(', ');
}
