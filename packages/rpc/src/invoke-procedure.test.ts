import { type AnyTRPCProcedure, initTRPC, TRPCError } from '@trpc/server';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type CallOptions, invokeProcedure } from './invoke-procedure.js';

const t = initTRPC.context<{ user?: string; trail: string[] }>().meta<{ name: string }>().create();
const leave = (name: string) =>
  t.middleware(async ({ ctx, next }) => {
    ctx.trail.push(`${name}>`);
    const result = await next();
    ctx.trail.push(`<${name} ${result.ok}`);
    return result;
  });
const p = t.procedure.use(leave('outer'));

const procedures: Record<string, AnyTRPCProcedure> = {
  'without more': p.query(() => 'done'),
  'with input and output': p
    .input(z.object({ id: z.string() }))
    .output(z.string().toUpperCase())
    .query(({ input }) => input.id),
  'with two inputs': p
    .input(z.object({ id: z.string() }))
    .input(z.object({ n: z.number().default(3) }))
    .query(({ input }) => input),
  'with an input that fails': p.input(z.object({ id: z.number() })).query(() => 1),
  'with an output that fails': p.output(z.number()).query(() => Number.NaN),
  'whose resolver sees its options': p
    .meta({ name: 'all' })
    .query((options) =>
      Object.fromEntries(Object.entries(options).map(([name, value]) => [name, typeof value])),
    ),
  'with a middleware that adds to the context': p
    .use(({ next }) => next({ ctx: { user: 'ada' } }))
    .use(leave('inner'))
    .query(({ ctx }) => ctx.user),
  'with a middleware that replaces the input': p
    .use(({ next }) => next({ input: { id: 'new' } }))
    .query(({ input }) => input ?? null),
  'with a middleware that takes the input away': p
    .input(z.object({ id: z.string() }))
    .use(({ next }) => next({ input: undefined }))
    .query(({ input }) => input ?? null),
  'with a middleware that replaces the raw input': p
    .use(({ next }) => next({ getRawInput: async () => ({ id: 'raw' }) }))
    .input(z.object({ id: z.string() }))
    .query(({ input }) => input),
  'with a middleware that throws': p
    .use(() => {
      throw new TRPCError({ code: 'FORBIDDEN' });
    })
    .query(() => 1),
  'with a middleware that tries twice': p
    .use(async ({ next }) => {
      await next();
      return next();
    })
    .query(({ ctx }) => ctx.trail.push('tried')),
  'with a middleware that reads meta': p
    .meta({ name: 'mine' })
    .use(({ meta, next }) => next({ ctx: { user: meta?.name } }))
    .query(({ ctx }) => ctx.user),
  'with a middleware that turns errors': p
    .use(async ({ next }) => {
      const result = await next();
      if (!result.ok) throw new TRPCError({ code: 'CONFLICT', cause: result.error });
      return result;
    })
    .query(() => {
      throw new Error('x');
    }),
  'with an error formatter of its own': p
    .errors(({ shape }) => ({ ...shape, message: 'own' }))
    .query(() => {
      throw new Error('x');
    }),
  'that throws what is no error': p.query(() => {
    throw { a: 1 };
  }),
};

const isProcedure = (value: unknown): value is AnyTRPCProcedure => typeof value === 'function';

const withCaller: unknown = t.procedure
  .experimental_caller(async ({ invoke, args }) => [args.length, typeof invoke])
  .query(() => 1);
if (isProcedure(withCaller)) procedures['with a caller of its own'] = withCaller;

async function outcomeOf(call: (options: CallOptions) => Promise<unknown>) {
  const trail: string[] = [];
  const signal = new AbortController().signal;
  const options: CallOptions = {
    ctx: { trail },
    path: 'a.b',
    type: 'query',
    batchIndex: 2,
    signal,
    getRawInput: async () => ({ id: 'x' }),
  };
  try {
    return { data: await call(options), trail };
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error;
    return {
      code: error.code,
      message: error.message,
      cause: error.cause?.message,
      symbols: Object.getOwnPropertySymbols(error),
      trail,
    };
  }
}

test.each(Object.entries(procedures))(
  'a procedure %s has the same result as a direct call',
  async (_name, procedure) => {
    expect(await outcomeOf((options) => invokeProcedure(procedure, options))).toEqual(
      await outcomeOf((options) => procedure(options)),
    );
  },
);

test('the middlewares run in our loop, so that a change of tRPC’s internals is noticed', () => {
  const definition: object = p.query(() => 1)._def;
  expect(definition).toHaveProperty('middlewares');
});

test('a middleware that does not return the result of next gets an error', async () => {
  const forgetful: unknown = async () => undefined;
  const procedure = t.procedure.query(() => 1);
  const definition: object = procedure._def;
  if (!('middlewares' in definition) || !Array.isArray(definition.middlewares))
    throw new Error('no middlewares');
  definition.middlewares.unshift(forgetful);
  const mine = await outcomeOf((options) => invokeProcedure(procedure, options));
  expect(mine).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
  expect(mine).toEqual(await outcomeOf((options) => procedure(options)));
});
