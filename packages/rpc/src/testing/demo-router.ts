import type { IncomingMessage, ServerResponse } from 'node:http';
import { initTRPC, lazy, type TRPCDataTransformer, TRPCError, tracked } from '@trpc/server';
import { octetInputParser } from '@trpc/server/http';
import { z } from 'zod';

export interface DemoContext {
  req: IncomingMessage;
  res: ServerResponse;
  signal: AbortSignal;
}

export interface DemoMeta {
  bodyLimit?: number;
  uploads?: 'multipart/form-data' | 'application/octet-stream';
}

/** Named, so that declarations need not refer to Node.js internals. */
export interface UploadForm extends FormData {}

export interface DemoOptions {
  transformer?: TRPCDataTransformer;
  /** Adds the caller to every error. Throws for the message `formatter`. */
  hasFormatter?: boolean;
  pathSeparator?: '_';
}

const plain: TRPCDataTransformer = {
  serialize: (value: unknown) => value,
  deserialize: (value: unknown) => value,
};
const note = z.object({ id: z.number(), text: z.string().optional() });

/** A router with all kinds of outputs and errors. */
export function createDemoRouter({
  transformer = plain,
  hasFormatter = false,
  pathSeparator,
}: DemoOptions = {}) {
  const t = initTRPC
    .context<DemoContext>()
    .meta<DemoMeta>()
    .create({
      transformer,
      isDev: false,
      ...(pathSeparator && { pathSeparator }),
      errorFormatter({ shape, error, ctx, type, path, input }) {
        if (!hasFormatter) return shape;
        if (error.message === 'formatter') throw new Error('a formatter that fails');
        const data = {
          ...shape.data,
          agent: ctx?.req.headers['user-agent'] ?? null,
          type,
          from: path ?? null,
          input,
        };
        return { ...shape, data };
      },
    });
  const p = t.procedure;
  const outputs = t.router({
    nothing: p.query(() => undefined),
    null: p.query(() => null),
    date: p.query(() => ({ at: new Date(0), list: [new Date(1)], none: undefined })),
    map: p.query(() => new Map([['a', new Set([1])]])),
    undefined: p.query(() => ({ a: undefined, b: [undefined, 1] })),
    unicode: p.query(() => 'grüße \u2028 😀 \ud800'),
    bigint: p.query(() => ({ n: 1n })),
    forbiddenKey: p.query(() => ({ constructor: 1 })),
    toJson: p.query(() => ({ toJSON: (key: string) => `key ${key}` })),
    promise: p.query(() => ({ later: Promise.resolve(1) })),
    generator: p.query(async function* () {
      yield 1;
      yield 2;
    }),
    status: p.query(({ ctx }) => {
      ctx.res.statusCode = 202;
      return 'accepted';
    }),
    header: p.query(({ ctx }) => {
      ctx.res.setHeader('x-own', 'yes');
      return 'with a header';
    }),
  });
  const failures = t.router({
    conflict: p.query(() => {
      throw new TRPCError({ code: 'CONFLICT', message: 'taken' });
    }),
    teapot: p.mutation(() => {
      throw new TRPCError({ code: 'PAYMENT_REQUIRED' });
    }),
    crash: p.query(() => {
      throw new Error('boom');
    }),
    string: p.query(() => {
      throw 'a string';
    }),
    formatter: p.query(() => {
      throw new Error('formatter');
    }),
    output: p.output(z.number()).query(() => Number.NaN),
    own: p
      .errors(({ shape }) => ({ ...shape, message: 'of its own' }))
      .query(() => {
        throw new TRPCError({ code: 'BAD_REQUEST' });
      }),
  });
  return t.router({
    ping: p.query(() => 'pong'),
    echo: p
      .input(z.unknown())
      .query(({ input }) => ({ input: input === undefined ? 'none' : input })),
    note: p.input(note).query(({ input }) => input),
    add: p.input(note).mutation(({ input }) => input),
    touch: p.mutation(() => 'touched'),
    large: p
      .meta({ bodyLimit: 1000 })
      .input(z.object({ text: z.string() }))
      .mutation(({ input }) => input.text.length),
    form: p
      .meta({ uploads: 'multipart/form-data' })
      .input(z.custom<UploadForm>((value) => value instanceof FormData))
      .mutation(({ input }) => String(input.get('name'))),
    bytes: p
      .meta({ uploads: 'application/octet-stream' })
      .input(octetInputParser)
      .mutation(async ({ input }) => (await new Response(input).arrayBuffer()).byteLength),
    ticks: p
      .input(z.object({ to: z.number(), lastEventId: z.string().optional() }))
      .subscription(async function* ({ input, signal }) {
        for (let n = Number(input.lastEventId ?? 0) + 1; n <= input.to && !signal?.aborted; n += 1)
          yield tracked(String(n), n);
      }),
    out: outputs,
    fail: failures,
    later: lazy(async () => ({
      router: t.router({ deep: t.router({ ping: p.query(() => 'from afar') }) }),
    })),
  });
}

export type DemoRouter = ReturnType<typeof createDemoRouter>;
