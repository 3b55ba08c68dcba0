import type { AnyTRPCRouter } from '@trpc/server';
import type { RestMethod, RestOperation, RestPath } from '../meta.js';
import type { RestOptions } from '../options.js';
import { deprecationDate } from '../response/deprecation.js';
import { createDirectOutput, type DirectOutput } from '../response/direct-output.js';
import { createSerializer, type Serializer } from '../response/json.js';
import { type Operation, readOperations, returnsReadRepresentation } from './operations.js';
import { PathTree } from './path-tree.js';
import { parameterNames } from './template.js';

/** One address of an operation. */
export interface Route {
  readonly operation: Operation;
  readonly method: RestMethod;
  readonly names: readonly string[];
  readonly form: RestOperation['form'];
  /** Fixed input of this address. */
  readonly fixed: Readonly<Record<string, unknown>> | undefined;
  /** For a deprecated address: the `Deprecation` header value and the path of the successor. */
  readonly replacement: { readonly deprecation: string; readonly to: RestPath } | undefined;
  readonly write: Serializer;
  /** Undefined if outputs are validated. */
  readonly direct: DirectOutput | undefined;
  /** GET route of the same resource, for preconditions; undefined if there is none. */
  readonly getRoute: Route | undefined;
  /** GET route of the created resource, if it returns the same representation. */
  readonly created: Route | undefined;
}

/**
 * Builds the routes of all addresses. `deprecatedSince` is the date of aliases without their own
 * date.
 */
export function buildRoutes(
  router: AnyTRPCRouter,
  {
    deprecatedSince,
    separateOutputParser,
  }: { deprecatedSince: string } & Pick<RestOptions<unknown>, 'separateOutputParser'>,
): PathTree<Route> {
  const tree = new PathTree<Route>();
  const operations = readOperations(router);
  const getRoutes = new Map(
    operations
      .filter(({ meta }) => meta.method === 'GET')
      .map((operation) => [operation.meta.path, createGetRoute(operation)]),
  );
  for (const operation of operations) {
    const { meta } = operation;
    const write = createSerializer(operation.output);
    const created = meta.location && getRoutes.get(meta.location);
    const common = {
      operation,
      write,
      direct: createDirectOutput(operation, separateOutputParser),
      getRoute: meta.method === 'GET' ? undefined : getRoutes.get(meta.path),
      created:
        created && returnsReadRepresentation(operation, created.operation) ? created : undefined,
    };
    tree.add(meta.method, meta.path, {
      ...common,
      method: meta.method,
      names: parameterNames(meta.path),
      form: meta.form,
      fixed: undefined,
      replacement: meta.replacedBy && {
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
        replacement: alias.operationId
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

/** Route of a query at its canonical address. */
const createGetRoute = (operation: Operation): Route => ({
  operation,
  method: 'GET',
  names: parameterNames(operation.meta.path),
  form: undefined,
  fixed: undefined,
  replacement: undefined,
  write: createSerializer(operation.output),
  // Conditions of writes are evaluated on validated outputs.
  direct: undefined,
  getRoute: undefined,
  created: undefined,
});

/** Methods of a path, in the format of `Allow` (RFC 9110 §10.2.1). */
export function allowedMethods(methods: ReadonlyMap<string, Route>): string {
  const allowed = [...methods.keys()];
  if (methods.has('GET')) allowed.push('HEAD');
  return [...allowed, 'OPTIONS'].join(', ');
}
