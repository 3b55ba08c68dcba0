import { appRouter, type Meta } from '@synap/api';
import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import { z } from 'zod';

/** A procedure as its router declares it. */
export interface Procedure {
  /** Its path in the router, such as `dashboards.get`. */
  readonly path: string;
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly meta: Meta;
  /** Undefined if it takes no input. */
  readonly input: z.ZodType | undefined;
  /** Undefined if it declares no output. */
  readonly output: z.ZodType | undefined;
}

const root: AnyTRPCRouter = appRouter;

function read([path, procedure]: [string, AnyTRPCProcedure]): Procedure {
  const { inputs, type } = procedure._def;
  const meta: Meta = procedure._def.meta ?? {};
  const definition: object = procedure._def;
  const output =
    'output' in definition && definition.output instanceof z.ZodType
      ? definition.output
      : undefined;
  if (inputs.length > 1)
    throw new Error(
      `${path}: the contract test supports one .input() for each procedure; extend it.`,
    );
  const [input] = inputs;
  if (input !== undefined && !(input instanceof z.ZodType))
    throw new Error(`${path}: its input is not a zod schema.`);
  return { path, type, meta, input, output };
}

/** All procedures, in the order of the router. */
export const procedures: readonly Procedure[] = Object.entries<AnyTRPCProcedure>(
  root._def.procedures,
).map(read);

/** Returns method and path template of a procedure over REST. */
export function routeOf({ path, meta }: Procedure) {
  if (!meta.openapi) throw new Error(`${path} has no meta.openapi.`);
  const { method, path: template } = meta.openapi;
  const names = [...template.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name);
  return {
    method,
    template,
    names,
    hasBody: method === 'POST' || method === 'PUT' || method === 'PATCH',
  };
}
