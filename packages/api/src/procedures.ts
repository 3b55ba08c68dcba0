import { type Access, type Endpoint, features } from '@synap/contracts';
import type { AnyTRPCProcedure, TRPCMutationProcedure, TRPCQueryProcedure } from '@trpc/server';
import type { z } from 'zod';
import type { Context } from './context.js';
import type { ErrorShape } from './error-shape.js';
import type { Meta } from './meta.js';
import {
  authedProcedure,
  cookieProcedure,
  privateProcedure,
  publicProcedure,
  superuserProcedure,
} from './trpc.js';

type Features = typeof features;

type InputOf<I, None> = I extends z.ZodType ? z.input<I> : None;

/** The procedures of a contract, typed as tRPC's builder would infer them. */
type ProceduresOf<C extends Readonly<Record<string, Endpoint>>> = {
  -readonly [K in keyof C]: C[K]['method'] extends 'GET'
    ? TRPCQueryProcedure<{
        input: InputOf<C[K]['input'], void>;
        output: z.output<C[K]['output']>;
        meta: Meta;
        errorShape: ErrorShape;
      }>
    : TRPCMutationProcedure<{
        input: InputOf<C[K]['input'], void>;
        output: z.output<C[K]['output']>;
        meta: Meta;
        errorShape: ErrorShape;
      }>;
};

/**
 * Derives the procedures of a feature from its contract. Each calls the method of its name in the
 * service of the feature.
 */
export function proceduresOf<K extends keyof Features>(feature: K): ProceduresOf<Features[K]>;
export function proceduresOf(feature: keyof Features): Record<string, AnyTRPCProcedure> {
  return Object.fromEntries(
    Object.entries<Endpoint>(features[feature]).map(([method, endpoint]) => [
      method,
      procedureOf(endpoint, feature, method),
    ]),
  );
}

const byAccess: Readonly<Record<Access, typeof publicProcedure>> = {
  public: publicProcedure,
  user: authedProcedure,
  superuser: superuserProcedure,
};
const byCredentials = { cookie: cookieProcedure, 'private-token': privateProcedure };

function procedureOf(
  endpoint: Endpoint,
  feature: keyof Features,
  method: string,
): AnyTRPCProcedure {
  const { access, credentials, input, output } = endpoint;
  const base: typeof publicProcedure = credentials ? byCredentials[credentials] : byAccess[access];
  const builder = base.meta(metaOf(endpoint)).output(output);
  const call = (opts: { ctx: Context; input: unknown }): Promise<unknown> =>
    Reflect.get(opts.ctx.services[feature], method)(opts.ctx.call, opts.input);
  if (endpoint.method === 'GET')
    return input ? builder.input(input).query(call) : builder.query(call);
  return input ? builder.input(input).mutation(call) : builder.mutation(call);
}

/** Returns the meta that authorisation, REST and the documents read. */
function metaOf({
  scope,
  beforePasswordChange,
  tag,
  examples,
  access,
  credentials,
  input,
  output,
  ...operation
}: Endpoint): Meta {
  return {
    scope,
    beforePasswordChange,
    openapi: {
      ...operation,
      tags: [tag.name],
      examples: examples && {
        request: json(examples.input),
        response: json(examples.output),
        problems: examples.problems,
      },
    },
  };
}

const json = (value: unknown): unknown =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value));
