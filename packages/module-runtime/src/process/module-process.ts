import type { Issue, JsonValue } from '@synap/module-sdk';
import { ModuleCallError } from '../call-error.js';
import type { ModuleLimits } from '../limits.js';
import { openChannel } from '../protocol/channel.js';
import {
  type Description,
  type FromModule,
  fromModuleSchema,
  largestMessage,
  type Outcome,
  type ToModule,
} from '../protocol/messages.js';
import type { ModuleLog } from './module-log.js';
import { forwardLines } from './output.js';
import { type CallOptions, createPendingCalls } from './pending-calls.js';
import type { ProcessExit } from './process-exit.js';
import { spawnModule } from './spawn-module.js';
import { createThrottle } from './throttle.js';

type Handshake =
  | { kind: 'refused'; reason: string }
  | { kind: 'invalid-config'; issues: readonly Issue[] };

/**
 * A module's process. Every promise ends: when the process goes, calls reject with `unavailable`.
 */
export interface ModuleProcess {
  /** Loads the module; its description, or why it is none. */
  describe(entry: string): Promise<{ kind: 'described'; description: Description } | Handshake>;
  configure(config: Record<string, JsonValue>): Promise<{ kind: 'configured' } | Handshake>;
  load(request: { widgetId: string; params: unknown }, options: CallOptions): Promise<Outcome>;
  sync(options: CallOptions): Promise<Outcome>;
  check(options: CallOptions): Promise<Outcome>;
  readonly gone: Promise<ProcessExit>;
  kill(reason: string): void;
  /** Lets the process end by itself, and kills it when it does not within the grace. */
  end(): Promise<void>;
}

type Asking = Extract<FromModule, { kind: 'ask' }>;
type HandshakeMessage = Extract<
  FromModule,
  { kind: 'described' | 'configured' | 'refused' | 'invalid-config' }
>;

/** Past this, what a module sends without being asked waits in its own process. */
const unasked = { messages: 500, bytes: 256_000, windowMs: 100 };
/**
 * A line of the log in bytes, with its fields; those of a larger one, which the SDK never sends,
 * are left out.
 */
const largestLine = 200_000;

export function startModuleProcess(limits: ModuleLimits, log: ModuleLog): ModuleProcess {
  const spawned = spawnModule(limits);
  const pending = createPendingCalls(
    (call) => void send({ kind: 'abort', call }),
    limits.graceMs,
    () => spawned.kill('went on working after its deadline and was ended'),
  );
  const throttle = createThrottle(unasked);
  let shake: ((message: HandshakeMessage) => void) | undefined;

  const channel = openChannel<ToModule>(spawned.channel, {
    largest: { sent: largestMessage.toModule, received: largestMessage.fromModule },
    onMessage: (message, bytes) => receive(fromModuleSchema.parse(message), bytes),
    onEnd: (fault) =>
      fault && spawned.kill(`spoke what the server does not understand (${fault}) and was ended`),
  });
  const send = (message: ToModule) => channel.send(message);

  /**
   * The module's next message is read when this one is dealt with: a flood fills the module's own
   * memory, not the server's.
   */
  async function receive(message: FromModule, bytes: number): Promise<void> {
    if (message.kind === 'ask' && pending.get(message.call)) return answer(message);
    if (message.kind === 'outcome' && pending.finish(message.call, message.outcome)) return;
    if (message.kind === 'progress')
      pending.get(message.call)?.onProgress?.({ done: message.done, total: message.total });
    else if (message.kind === 'log')
      log.write(message.level, message.message, bytes > largestLine ? {} : message.fields);
    else if (message.kind === 'ask')
      await refuse(message, 'It asked on behalf of a call that is over');
    else if (message.kind !== 'outcome') shake?.(message);
    await throttle(bytes);
  }

  /**
   * Resolves once the answer is on its way: a module that does not read is not read from either.
   */
  async function answer(message: Asking): Promise<void> {
    try {
      const value = await pending.get(message.call)?.serve(message.question);
      await send({ kind: 'answer', ask: message.ask, ok: true, value: value ?? null });
    } catch (error) {
      await refuse(message, error instanceof Error ? error.message : String(error));
    }
  }

  function refuse({ ask, question }: Asking, error: string): Promise<void> {
    log.write('warn', `The server refused ${question.kind}`, { error });
    return send({ kind: 'answer', ask, ok: false, value: null });
  }

  forwardLines(spawned.stdout, { write: (line) => log.write('info', line), drop: log.drop });
  forwardLines(spawned.stderr, { write: (line) => log.write('warn', line), drop: log.drop });
  void spawned.gone.then(({ reason }) => {
    channel.close();
    shake?.({ kind: 'refused', reason: `Its process ${reason}` });
    pending.rejectAll(
      new ModuleCallError('unavailable', `The module's process ${reason}`, { retryAfter: 1 }),
    );
  });

  const handshake = (message: ToModule): Promise<HandshakeMessage> =>
    new Promise((resolve) => {
      shake = resolve;
      void send(message);
    });
  return {
    async describe(entry) {
      const { memoryMegabytes, dataBytes } = limits;
      const told = await handshake({ kind: 'start', entry, memoryMegabytes, dataBytes });
      return told.kind === 'configured' ? unexpected(told.kind) : told;
    },
    async configure(config) {
      const told = await handshake({ kind: 'configure', config });
      spawned.yieldToServer();
      return told.kind === 'described' ? unexpected(told.kind) : told;
    },
    load: (request, options) =>
      pending.add(options, (call) => void send({ kind: 'load', call, ...request })),
    sync: (options) => pending.add(options, (call) => void send({ kind: 'sync', call })),
    check: (options) => pending.add(options, (call) => void send({ kind: 'check', call })),
    gone: spawned.gone,
    kill: spawned.kill,
    async end() {
      spawned.expectEnd('was ended with the server');
      channel.close();
      const timer = setTimeout(() => spawned.kill('did not end by itself'), limits.graceMs);
      await spawned.gone;
      clearTimeout(timer);
    },
  };
}

const unexpected = (kind: string): Handshake => ({
  kind: 'refused',
  reason: `Its process answered out of turn (${kind})`,
});
