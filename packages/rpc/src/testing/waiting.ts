import { EventEmitter, once } from 'node:events';
import { initTRPC } from '@trpc/server';
import { createRpcHandler } from '../handler.js';
import type { RpcHandlerOptions } from '../options.js';
import { type Listening, listen } from './servers.js';

interface WaitingContext {
  requestId?: string;
}

/** A router whose procedures wait for their signal or forever, and emit events. */
function createWaitingRouter(calls = new EventEmitter()) {
  const t = initTRPC.context<WaitingContext>().create({
    isDev: false,
    errorFormatter: ({ shape, ctx }) => ({
      ...shape,
      data: { ...shape.data, requestId: ctx?.requestId },
    }),
  });
  const wait = async (signal: AbortSignal | undefined, name: string) => {
    calls.emit('start', name);
    if (signal && !signal.aborted) await once(signal, 'abort');
    calls.emit('abort', name);
    signal?.throwIfAborted();
    return name;
  };
  return t.router({
    fast: t.procedure.query(() => 'fast'),
    aborted: t.procedure.query(({ signal }) => signal?.aborted),
    wait: t.procedure.query(({ signal }) => wait(signal, 'query')),
    change: t.procedure.mutation(({ signal }) => wait(signal, 'mutation')),
    deaf: t.procedure.query(() => {
      calls.emit('start', 'deaf');
      return new Promise<string>((resolve) => calls.once('release', () => resolve('late')));
    }),
    echo: t.procedure.input((input: unknown) => input).mutation(({ input }) => input ?? null),
    watch: t.procedure.subscription(async function* ({ signal }) {
      yield 'open';
      await wait(signal, 'subscription');
    }),
  });
}

type WaitingRouter = ReturnType<typeof createWaitingRouter>;

interface Waiting extends Listening {
  /** Emits `start` and `abort`. Emit `release` to end calls that ignore their signal. */
  readonly calls: EventEmitter;
}

async function serveWaiting(
  options: Partial<RpcHandlerOptions<WaitingRouter>> = {},
): Promise<Waiting> {
  const calls = new EventEmitter();
  const errors: unknown[] = [];
  const onError: RpcHandlerOptions<WaitingRouter>['onError'] = ({ error, path }) => {
    errors.push(`${path} ${error.code}`);
  };
  const router = createWaitingRouter(calls);
  const handler = createRpcHandler({ createContext: () => ({}), onError, ...options, router });
  return { ...(await listen((req, res) => handler(req, res), errors)), calls };
}

/** Servers of one test, which are closed together. */
export function createWaitingServers() {
  const servers: Waiting[] = [];
  const serve = async (options: Parameters<typeof serveWaiting>[0] = {}): Promise<Waiting> => {
    const server = await serveWaiting(options);
    servers.push(server);
    return server;
  };
  return { serve, closeAll: () => Promise.all(servers.splice(0).map((server) => server.close())) };
}
