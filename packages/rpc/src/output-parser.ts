import type { AnyTRPCProcedure } from '@trpc/server';
import { type CallOptions, hasChain, type Middleware, runChain } from './invoke-procedure.js';

/** A procedure apart from its output parser. */
export interface UnvalidatedProcedure {
  /** Calls the procedure without validating its output. Middlewares see the same output. */
  invoke(options: CallOptions): Promise<unknown>;
  /**
   * Validates an output as the procedure itself would.
   * @throws TRPCError `INTERNAL_SERVER_ERROR` if the output is not valid.
   */
  validate(output: unknown, options: CallOptions): Promise<unknown>;
}

const isOutputParser = (middleware: Middleware): boolean =>
  '_type' in middleware && middleware._type === 'output';

/**
 * Separates a procedure from its output parser. Returns undefined if it has none, or an unknown
 * structure.
 * @example
 * ```ts
 * createRestHandler({ router, createContext, invoke: invokeProcedure, separateOutputParser });
 * ```
 */
export function separateOutputParser(
  procedure: AnyTRPCProcedure,
): UnvalidatedProcedure | undefined {
  const definition: object = procedure._def;
  if (!hasChain(definition)) return undefined;
  const { middlewares, meta } = definition;
  const parsers = middlewares.filter(isOutputParser);
  if (parsers.length === 0) return undefined;
  const others = middlewares.filter((middleware) => !isOutputParser(middleware));
  return {
    invoke: (options) => runChain({ middlewares: others, meta }, options),
    validate: (output, options) => {
      const resolve: Middleware = () => Promise.resolve({ ok: true, data: output });
      return runChain({ middlewares: [...parsers, resolve], meta }, options);
    },
  };
}
