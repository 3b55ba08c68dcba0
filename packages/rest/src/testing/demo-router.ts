import { initTRPC, TRPCError } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import type { RestMeta, RestOperation } from '../meta.js';

/** An application error, as a host of this package defines it. */
export class DemoError extends Error {
  constructor(
    readonly code: string,
    readonly trpcCode: TRPCError['code'],
    message: string,
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

export interface DemoContext {
  user: string | undefined;
}

const t = initTRPC.context<DemoContext>().meta<RestMeta>().create({ transformer: superjson });

const application = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof DemoError) {
    throw new TRPCError({
      code: result.error.cause.trpcCode,
      message: result.error.cause.message,
      cause: result.error.cause,
    });
  }
  return result;
});
const authed = application.use(({ ctx, next }) => {
  if (ctx.user === undefined)
    throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Sign in first.' });
  return next();
});

const open = (openapi: RestOperation) =>
  application.meta({ openapi: { protect: false, tags: ['demo'], ...openapi } });
const closed = (openapi: RestOperation) => authed.meta({ openapi: { tags: ['demo'], ...openapi } });

export const canary = 'canary-5f1d';

const noteSchema = z
  .object({ id: z.string(), title: z.string(), version: z.number().int(), createdAt: z.date() })
  .meta({ id: 'Note' });

interface Node {
  name: string;
  at?: Date | undefined;
  children: Node[];
}
const nodeSchema: z.ZodType<Node, Node> = z.lazy(() =>
  z.object({ name: z.string(), at: z.date().optional(), children: z.array(nodeSchema) }),
);

const shapeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('circle'), radius: z.number() }),
  z.object({ kind: z.literal('square'), side: z.number(), filled: z.boolean().optional() }),
]);

export const echoInput = z.object({
  text: z.string().optional(),
  flag: z.boolean().optional(),
  n: z.number().optional(),
  coerced: z.coerce.number().optional(),
  at: z.date().optional(),
  big: z.bigint().optional(),
  tags: z.array(z.string()).optional(),
  numbers: z.array(z.number()).max(3).optional(),
  filter: z
    .object({ status: z.enum(['open', 'closed']).optional(), min: z.number().optional() })
    .optional(),
  params: z.record(z.string(), z.unknown()).optional(),
  level: z.literal([1, 2, 'max']).optional(),
  either: z.union([z.number(), z.boolean(), z.string()]).optional(),
  shape: shapeSchema.optional(),
  maybe: z.number().nullable().optional(),
  upper: z
    .string()
    .transform((text) => text.toUpperCase())
    .optional(),
  size: z.number().int().min(1).max(100).default(20),
});

export const notes = new Map<
  string,
  { id: string; title: string; version: number; createdAt: Date }
>();
const created = new Date('2026-01-31T12:00:00.000Z');

function noteOf(id: string) {
  const note = notes.get(id);
  if (!note) throw new DemoError('not_found', 'NOT_FOUND', 'Note not found');
  return note;
}

const saveInput = z.object({
  id: z.string(),
  title: z.string().min(1),
  version: z.number().int().optional(),
  loud: z.boolean().optional(),
});

export const demoRouter = t.router({
  echo: {
    query: open({ method: 'GET', path: '/echo', summary: 'Echo a query' })
      .input(echoInput)
      .output(z.object({ input: z.unknown(), types: z.record(z.string(), z.string()) }))
      .query(({ input }) => ({ input, types: typesOf(input) })),
    body: open({ method: 'POST', path: '/echo', summary: 'Echo a body' })
      .input(echoInput)
      .output(z.object({ input: z.unknown(), types: z.record(z.string(), z.string()) }))
      .mutation(({ input }) => ({ input, types: typesOf(input) })),
    tree: open({ method: 'POST', path: '/echo/tree', summary: 'Echo a tree' })
      .input(nodeSchema)
      .output(z.object({ isDate: z.boolean() }))
      .mutation(({ input }) => ({ isDate: input.children[0]?.at instanceof Date })),
    path: open({ method: 'GET', path: '/echo/path/{text}/{n}', summary: 'Echo a path' })
      .input(z.object({ text: z.string(), n: z.number() }))
      .output(z.object({ text: z.string(), n: z.number() }))
      .query(({ input }) => input),
    free: open({
      method: 'GET',
      path: '/free/{id}',
      summary: 'Echo free parameters',
      freeParameters: { field: 'params', name: 'freeParams' },
      aliases: [
        {
          method: 'POST',
          path: '/free/{id}',
          operationId: 'echoFreeBody',
          summary: 'Echo free parameters of a body',
        },
      ],
      examples: { request: { id: 'a', params: { limit: 1 } } },
    })
      .input(z.object({ id: z.string(), params: z.record(z.string(), z.unknown()).default({}) }))
      .output(z.object({ id: z.string(), params: z.unknown() }))
      .query(({ input }) => input),
    list: open({ method: 'POST', path: '/echo/list', summary: 'Echo a list' })
      .input(z.array(z.number()))
      .output(z.array(z.number()))
      .mutation(({ input }) => input),
    loose: open({ method: 'POST', path: '/echo/optional', summary: 'Echo what may be absent' })
      .input(z.object({ text: z.string() }).optional())
      .output(z.object({ absent: z.boolean() }))
      .mutation(({ input }) => ({ absent: input === undefined })),
  },
  users: {
    get: open({ method: 'GET', path: '/users/{id}', summary: 'Get a user' })
      .input(z.object({ id: z.string() }))
      .output(z.object({ who: z.string() }))
      .query(({ input }) => ({ who: input.id })),
    me: closed({ method: 'GET', path: '/users/me', summary: 'Get me', noStore: true })
      .output(z.object({ who: z.string(), isMe: z.literal(true) }))
      .query(({ ctx }) => ({ who: ctx.user ?? '', isMe: true as const })),
    remove: closed({ method: 'DELETE', path: '/users/{id}', summary: 'Remove a user' })
      .input(z.object({ id: z.string() }))
      .output(z.void())
      .mutation(() => undefined),
  },
  notes: {
    list: open({ method: 'GET', path: '/notes', summary: 'List notes' })
      .input(
        z.object({
          cursor: z.string().optional(),
          size: z.number().int().min(1).max(100).default(20),
          q: z.string().optional(),
        }),
      )
      .output(z.object({ items: z.array(noteSchema), nextCursor: z.string().nullable() }))
      .query(({ input }) => ({ items: [], nextCursor: input.cursor === 'last' ? null : 'last' })),
    pages: open({ method: 'GET', path: '/note-pages', summary: 'List notes by page' })
      .input(z.object({ page: z.number().int().default(1), size: z.number().int().default(10) }))
      .output(
        z.object({
          items: z.array(noteSchema),
          page: z.number(),
          size: z.number(),
          total: z.number(),
        }),
      )
      .query(({ input }) => ({ items: [], ...input, total: 35 })),
    create: closed({
      method: 'POST',
      path: '/notes',
      summary: 'Create a note',
      successStatus: 201,
      location: '/notes/{id}',
      versioned: false,
    })
      .input(z.object({ title: z.string().min(1) }))
      .output(noteSchema)
      .mutation(({ input }) => {
        const note = {
          id: `a b/${notes.size}`,
          title: input.title,
          version: 1,
          createdAt: created,
        };
        notes.set(note.id, note);
        return note;
      }),
    get: open({ method: 'GET', path: '/notes/{id}', summary: 'Get a note', versioned: true })
      .input(z.object({ id: z.string() }))
      .output(noteSchema)
      .query(({ input }) => noteOf(input.id)),
    save: closed({
      method: 'PUT',
      path: '/notes/{id}',
      summary: 'Save a note',
      versioned: true,
      aliases: [
        {
          method: 'POST',
          path: '/note/{id}/save',
          deprecatedSince: '2026-01-01',
          input: { loud: true },
        },
        { method: 'POST', path: '/save-note' },
      ],
    })
      .input(saveInput)
      .output(noteSchema)
      .mutation(({ input }) => {
        const note = noteOf(input.id);
        if (input.version === undefined)
          throw new DemoError('version_required', 'PRECONDITION_REQUIRED', 'Say the version.');
        if (input.version !== note.version)
          throw new DemoError('stale_version', 'CONFLICT', 'The note has changed.');
        const saved = {
          ...note,
          title: input.loud ? input.title.toUpperCase() : input.title,
          version: note.version + 1,
        };
        notes.set(note.id, saved);
        return saved;
      }),
    label: closed({
      method: 'POST',
      path: '/labels/{id}',
      summary: 'Label a note as one did',
      replacedBy: { path: '/notes/{id}', since: '2026-01-01' },
    })
      .input(z.object({ id: z.string() }))
      .output(z.void())
      .mutation(() => undefined),
    rename: closed({
      method: 'PATCH',
      path: '/notes/{id}',
      summary: 'Rename a note',
      versioned: true,
    })
      .input(z.object({ id: z.string(), title: z.string(), version: z.number().int() }))
      .output(noteSchema)
      .mutation(({ input }) => ({ ...noteOf(input.id), title: input.title })),
  },
  answers: {
    accepted: open({
      method: 'POST',
      path: '/answers/accepted',
      summary: 'Accept',
      successStatus: 202,
    })
      .output(z.object({ runId: z.string() }))
      .mutation(() => ({ runId: 'r1' })),
    nothing: open({ method: 'POST', path: '/answers/nothing', summary: 'Answer nothing' })
      .output(z.void())
      .mutation(() => undefined),
    rich: open({ method: 'GET', path: '/answers/rich', summary: 'Answer what JSON lacks' })
      .output(
        z.object({
          at: z.date(),
          big: z.bigint(),
          set: z.set(z.number()),
          map: z.map(z.string(), z.number()),
          gone: z.undefined(),
        }),
      )
      .query(() => ({
        at: created,
        big: 12345678901234567890n,
        set: new Set([1, 2]),
        map: new Map([['a', 1]]),
        gone: undefined,
      })),
    css: open({
      method: 'GET',
      path: '/themes/{id}.css',
      summary: 'Get CSS',
      produces: 'text/css; charset=utf-8',
    })
      .input(z.object({ id: z.string() }))
      .output(z.string())
      .query(({ input }) => `/* ${input.id} */`),
    download: open({
      method: 'GET',
      path: '/answers/download',
      summary: 'Download',
      redirect: { field: 'url', when: 'redirect' },
    })
      .input(z.object({ redirect: z.boolean().optional() }))
      .output(z.object({ url: z.string() }))
      .query(() => ({ url: 'https://files.example.org/x' })),
    form: open({ method: 'POST', path: '/answers/form', summary: 'Take a form', form: true })
      .input(z.object({ username: z.string(), n: z.number().optional() }))
      .output(z.object({ username: z.string(), n: z.number().optional() }))
      .mutation(({ input }) => input),
  },
  failures: {
    unexpected: open({ method: 'GET', path: '/failures/unexpected', summary: 'Fail' })
      .output(z.void())
      .query(() => {
        throw new Error(canary);
      }),
    borrowed: open({
      method: 'GET',
      path: '/failures/borrowed',
      summary: 'Fail with a borrowed message',
    })
      .output(z.void())
      .query(() => {
        throw new TRPCError({ code: 'CONFLICT', cause: new Error(canary) });
      }),
    output: open({ method: 'GET', path: '/failures/output', summary: 'Give a wrong output' })
      .output(z.object({ n: z.number() }))
      .query(() => JSON.parse(`{"n":"${canary}"}`)),
    unavailable: open({ method: 'GET', path: '/failures/unavailable', summary: 'Be away' })
      .output(z.void())
      .query(() => {
        throw new DemoError(
          'unavailable',
          'SERVICE_UNAVAILABLE',
          'Database is not migrated: run "npx prisma migrate deploy"',
          7,
        );
      }),
  },
  hidden: application
    .input(echoInput)
    .output(z.unknown())
    .query(({ input }) => input),
});

export type DemoRouter = typeof demoRouter;

function typesOf(input: object): Record<string, string> {
  const typeOf = (value: unknown) =>
    value instanceof Date ? 'date' : Array.isArray(value) ? 'array' : typeof value;
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, typeOf(value)]));
}
