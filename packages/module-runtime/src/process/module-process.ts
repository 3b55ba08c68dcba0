import type { Issue, JsonValue } from '@synap/module-sdk';
import { ModuleCallError } from '../call-error.js';
import type { ModuleLimits } from '../limits.js';
import { messageOf } from '../message-of.js';
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

type HandshakeFailure =
  | { kind: 'refused'; reason: string }
  | { kind: 'invalid-config'; issues: readonly Issue[] };

/**
 * A module's process. Every promise settles: when the process ends, calls reject with
 * `unavailable`.
 */
export interface ModuleProcess {
  /** Loads the module. Resolves to its description, or to the reason why it is not a module. */
  describe(
    entry: string,
  ): Promise<{ kind: 'described'; description: Description } | HandshakeFailure>;
  configure(config: Record<string, JsonValue>): Promise<{ kind: 'configured' } | HandshakeFailure>;
  load(request: { widgetId: string; params: unknown }, options: CallOptions): Promise<Outcome>;
  sync(options: CallOptions): Promise<Outcome>;
  check(options: CallOptions): Promise<Outcome>;
  readonly gone: Promise<ProcessExit>;
  kill(reason: string): void;
  /** Lets the process exit, and kills it if it does not within `graceMs`. */
  end(): Promise<void>;
}

type HostCallMessage = Extract<FromModule, { kind: 'ask' }>;
type HandshakeMessage = Extract<
  FromModule,
  { kind: 'described' | 'configured' | 'refused' | 'invalid-config' }
>;

/** Limit of unsolicited messages. Further ones wait in the module's own process. */
const unsolicitedLimits = { messages: 500, bytes: 256_000, windowMs: 100 };
/**
 * Maximum bytes of a log line with its fields. The fields of a larger one, which the SDK never
 * sends, are dropped.
 */
const maxLineBytes = 200_000;

export function startModuleProcess(limits: ModuleLimits, log: ModuleLog): ModuleProcess {
  const spawned = spawnModule(limits);
  const pending = createPendingCalls(
    (call) => void send({ kind: 'abort', call }),
    limits.graceMs,
    () => spawned.kill('went on working after its deadline and was ended'),
  );
  const throttle = createThrottle(unsolicitedLimits);
  let onHandshake: ((message: HandshakeMessage) => void) | undefined;

  const channel = openChannel<ToModule>(spawned.channel, {
    largest: { sent: largestMessage.toModule, received: largestMessage.fromModule },
    onMessage: (message, bytes) => receive(fromModuleSchema.parse(message), bytes),
    onEnd: (fault) => fault && spawned.kill(`sent an invalid message (${fault}) and was ended`),
  });
  const send = (message: ToModule) => channel.send(message);

  /**
   * The module's next message is read after this one is handled, so that a flood fills the module's
   * memory instead of the server's.
   */
  async function receive(message: FromModule, bytes: number): Promise<void> {
    if (message.kind === 'ask' && pending.get(message.call)) return respond(message);
    if (message.kind === 'outcome' && pending.finish(message.call, message.outcome)) return;
    if (message.kind === 'progress')
      pending.get(message.call)?.onProgress?.({ done: message.done, total: message.total });
    else if (message.kind === 'log')
      log.write(message.level, message.message, bytes > maxLineBytes ? {} : message.fields);
    else if (message.kind === 'ask') await reject(message, 'It belongs to a call that has ended');
    else if (message.kind !== 'outcome') onHandshake?.(message);
    await throttle(bytes);
  }

  /**
   * Resolves when the response is sent: while a module does not read, its messages are not read.
   */
  async function respond(message: HostCallMessage): Promise<void> {
    try {
      const value = await pending.get(message.call)?.serve(message.question);
      await send({ kind: 'answer', ask: message.ask, ok: true, value: value ?? null });
    } catch (error) {
      await reject(message, messageOf(error));
    }
  }

  function reject({ ask, question }: HostCallMessage, error: string): Promise<void> {
    log.write('warn', `The server rejected ${question.kind}`, { error });
    return send({ kind: 'answer', ask, ok: false, value: null });
  }

  forwardLines(spawned.stdout, { write: (line) => log.write('info', line), drop: log.drop });
  forwardLines(spawned.stderr, { write: (line) => log.write('warn', line), drop: log.drop });
  void spawned.gone.then(({ reason }) => {
    channel.close();
    onHandshake?.({ kind: 'refused', reason: `Its process ${reason}` });
    pending.rejectAll(
      new ModuleCallError('unavailable', `The module's process ${reason}`, { retryAfter: 1 }),
    );
  });

  const sendHandshake = (message: ToModule): Promise<HandshakeMessage> =>
    new Promise((resolve) => {
      onHandshake = resolve;
      void send(message);
    });
  return {
    async describe(entry) {
      const { memoryMegabytes, dataBytes } = limits;
      const reply = await sendHandshake({ kind: 'start', entry, memoryMegabytes, dataBytes });
      return reply.kind === 'configured' ? unexpected(reply.kind) : reply;
    },
    async configure(config) {
      const reply = await sendHandshake({ kind: 'configure', config });
      spawned.yieldToServer();
      return reply.kind === 'described' ? unexpected(reply.kind) : reply;
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

const unexpected = (kind: string): HandshakeFailure => ({
  kind: 'refused',
  reason: `Its process sent an unexpected message (${kind})`,
});
