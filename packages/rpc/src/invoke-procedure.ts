import { type AnyTRPCProcedure, getTRPCErrorFromUnknown, TRPCError } from '@trpc/server';

export type CallOptions = Parameters<AnyTRPCProcedure>[0];

/** Undefined if a middleware does not return the result of `next`. */
type Result =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly error: TRPCError }
  | undefined;

/** Arguments that a middleware may pass to `next`. */
interface NextOptions {
  readonly ctx?: object;
  readonly input?: unknown;
  readonly getRawInput?: CallOptions['getRawInput'];
}

interface MiddlewareOptions extends CallOptions {
  readonly meta: unknown;
  readonly next: (nextOptions?: NextOptions) => Promise<Result>;
}

export type Middleware = (options: MiddlewareOptions) => Promise<Result>;

export interface Chain {
  readonly middlewares: readonly Middleware[];
  readonly meta: unknown;
}

/** True if the definition has middlewares, which tRPC omits from its public type. */
export function hasChain(definition: object): definition is Chain {
  return (
    'middlewares' in definition &&
    Array.isArray(definition.middlewares) &&
    !('caller' in definition && definition.caller !== undefined) &&
    !('experimental_caller' in definition && definition.experimental_caller === true)
  );
}

/**
 * Calls a procedure with the same result as calling it directly, in a quarter of the time. tRPC's
 * own loop copies its options twice per middleware with an object-spread polyfill. Falls back to a
 * direct call if the procedure has an unknown structure.
 * @throws TRPCError for every failure of the procedure.
 * @example
 * ```ts
 * createRestHandler({ router, createContext, invoke: invokeProcedure });
 * ```
 */
export function invokeProcedure(
  procedure: AnyTRPCProcedure,
  options: CallOptions,
): Promise<unknown> {
  const definition: object = procedure._def;
  return hasChain(definition) ? runChain(definition, options) : procedure(options);
}

/** @throws TRPCError for every failure of the middlewares or the resolver. */
export async function runChain(chain: Chain, options: CallOptions): Promise<unknown> {
  const result = await runFrom(0, chain, options);
  if (!result) {
    const message = 'No result from middlewares - did you forget to `return next()`?';
    throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message });
  }
  if (!result.ok) throw result.error;
  return result.data;
}

/**
 * Runs the middlewares from `index`; the last one is the resolver. Never rejects: an error is a
 * result.
 */
async function runFrom(index: number, chain: Chain, options: CallOptions): Promise<Result> {
  const { ctx, input, getRawInput, path, type, signal, batchIndex } = options;
  const next = (nextOptions?: NextOptions) =>
    runFrom(index + 1, chain, {
      ctx: nextOptions?.ctx ? { ...(typeof ctx === 'object' && ctx), ...nextOptions.ctx } : ctx,
      input: nextOptions && 'input' in nextOptions ? nextOptions.input : input,
      getRawInput: nextOptions?.getRawInput ?? getRawInput,
      path,
      type,
      signal,
      batchIndex,
    });
  try {
    const middleware = chain.middlewares[index];
    if (middleware === undefined) throw new TypeError('The resolver called `next()`.');
    return await middleware({
      ctx,
      input,
      getRawInput,
      path,
      type,
      signal,
      batchIndex,
      meta: chain.meta,
      next,
    });
  } catch (cause) {
    return { ok: false, error: getTRPCErrorFromUnknown(cause), ...marker };
  }
}

/** Marker that tRPC adds to its results. */
const marker = { marker: 'middlewareMarker' } as const;
