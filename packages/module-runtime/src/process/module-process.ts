import type { Issue, JsonValue } from '@synap/module-sdk';
import { ModuleCallError } from '../call-error.js';
import type { ModuleLimits } from '../limits.js';
import { openChannel } from '../protocol/channel.js';
import { type Description, type FromModule, fromModuleSchema, type Outcome, type ToModule } from '../protocol/messages.js';
import type { Departure } from './departure.js';
import type { ModuleLog } from './module-log.js';
import { forwardLines } from './output.js';
import { type CallOptions, createPendingCalls } from './pending-calls.js';
import { spawnModule } from './spawn-module.js';

type Handshake = { kind: 'refused'; reason: string } | { kind: 'invalid-config'; issues: readonly Issue[] };

/** A module's process. Every promise ends: when the process goes, calls reject with `unavailable`. */
export interface ModuleProcess {
  /** Loads the module; its description, or why it is none. */
  describe(entry: string): Promise<{ kind: 'described'; description: Description } | Handshake>;
  configure(config: Record<string, JsonValue>): Promise<{ kind: 'configured' } | Handshake>;
  load(request: { widgetId: string; params: unknown }, options: CallOptions): Promise<Outcome>;
  sync(options: CallOptions): Promise<Outcome>;
  readonly gone: Promise<Departure>;
  kill(reason: string): void;
  /** Lets the process end by itself, and kills it when it does not within the grace. */
  end(): Promise<void>;
}

type HandshakeMessage = Extract<FromModule, { kind: 'described' | 'configured' | 'refused' | 'invalid-config' }>;

/** More questions than this at once from one module, and it waits. */
const openAsks = 64;

export function startModuleProcess(limits: ModuleLimits, log: ModuleLog): ModuleProcess {
  const spawned = spawnModule(limits);
  const pending = createPendingCalls(
    (call) => send({ kind: 'abort', call }),
    limits.graceMs,
    () => spawned.kill('went on working after its deadline and was ended'),
  );
  let shake: ((message: HandshakeMessage) => void) | undefined;
  let asks = 0;

  const channel = openChannel<ToModule>(spawned.channel, {
    onMessage: (message) => receive(fromModuleSchema.parse(message)),
    onEnd: (fault) => fault && spawned.kill(`spoke what the server does not understand (${fault}) and was ended`),
  });
  const send = (message: ToModule) => channel.send(message);

  function receive(message: FromModule): void {
    if (message.kind === 'outcome') pending.finish(message.call, message.outcome);
    else if (message.kind === 'progress') pending.get(message.call)?.onProgress?.({ done: message.done, total: message.total });
    else if (message.kind === 'log') log.write(message.level, message.message, message.fields);
    else if (message.kind === 'ask') void answer(message);
    else shake?.(message);
  }

  async function answer({ call, ask, question }: Extract<FromModule, { kind: 'ask' }>): Promise<void> {
    asks += 1;
    if (asks >= openAsks) channel.pause();
    try {
      const options = pending.get(call);
      if (!options) throw new Error('It asked on behalf of a call that is over');
      send({ kind: 'answer', ask, ok: true, value: await options.serve(question) });
    } catch (error) {
      log.write('warn', `The server refused ${question.kind}`, { error: error instanceof Error ? error.message : String(error) });
      send({ kind: 'answer', ask, ok: false, value: null });
    } finally {
      asks -= 1;
      if (asks < openAsks) channel.resume();
    }
  }

  forwardLines(spawned.stdout, (line) => log.write('info', line));
  forwardLines(spawned.stderr, (line) => log.write('warn', line));
  void spawned.gone.then(({ reason }) => {
    channel.close();
    shake?.({ kind: 'refused', reason: `Its process ${reason}` });
    pending.rejectAll(new ModuleCallError('unavailable', `The module's process ${reason}`, { retryAfter: 1 }));
  });

  const handshake = (message: ToModule): Promise<HandshakeMessage> =>
    new Promise((resolve) => {
      shake = resolve;
      send(message);
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
    load: (request, options) => pending.add(options, (call) => send({ kind: 'load', call, ...request })),
    sync: (options) => pending.add(options, (call) => send({ kind: 'sync', call })),
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

const unexpected = (kind: string): Handshake => ({ kind: 'refused', reason: `Its process answered out of turn (${kind})` });
