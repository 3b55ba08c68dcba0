import type { JsonObject, LoadOutcome, LoadServices, Log, OpenedModule, SyncOutcome } from '@synap/module-sdk';
import type { FromModuleOnWire, Outcome, ToModule } from '../protocol/messages.js';
import { createAsks } from './asks.js';
import { outgoingFields, outgoingOutcome } from './outgoing.js';

type Call = Extract<ToModule, { kind: 'load' | 'sync' | 'abort' | 'answer' }>;
type Send = (message: FromModuleOnWire) => void;

export interface Calls {
  receive(message: Call): void;
}

/** Runs loads and sync runs, each under a signal of its own, and sends how each ended. */
export function createCalls(send: Send, current: () => { module: OpenedModule | undefined; dataBytes: number }): Calls {
  const running = new Map<number, AbortController>();
  const asks = createAsks(send);
  const log = logOver(send);

  async function run(call: number, work: (module: OpenedModule, signal: AbortSignal) => Promise<LoadOutcome | SyncOutcome>) {
    const controller = new AbortController();
    running.set(call, controller);
    try {
      const { module, dataBytes } = current();
      if (!module) throw new Error('The module is not configured');
      const outcome = await work(module, controller.signal);
      sendOutcome(call, outgoingOutcome(outcome, dataBytes));
    } catch (error) {
      // An abort that surfaces as an exception is what the server asked for: nothing to report.
      if (!controller.signal.aborted) log.error('The module threw', { error: stackOf(error) });
      sendOutcome(call, { kind: 'threw' });
    } finally {
      running.delete(call);
      asks.forget(call);
    }
  }
  const sendOutcome = (call: number, outcome: Outcome) => send({ kind: 'outcome', call, outcome });

  const load = ({ call, widgetId, params }: Extract<Call, { kind: 'load' }>) =>
    run(call, (module, signal) => {
      const services: LoadServices = { signal, log, store: asks.reader(call) };
      return module.load(widgetId, params, services);
    });
  const sync = ({ call }: Extract<Call, { kind: 'sync' }>) =>
    run(call, (module, signal) =>
      module.sync({
        ...{ signal, log, store: asks.store(call), emit: asks.emit(call) },
        progress: (done, total) => {
          if (!Number.isFinite(done) || !Number.isFinite(total)) throw new RangeError('progress() takes two numbers');
          send({ kind: 'progress', call, done, total });
        },
      }),
    );

  return {
    receive(message) {
      if (message.kind === 'load') void load(message);
      else if (message.kind === 'sync') void sync(message);
      else if (message.kind === 'abort') running.get(message.call)?.abort();
      else asks.receive(message);
    },
  };
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

function logOver(send: Send): Log {
  const at =
    (level: keyof Log) =>
    (message: string, fields: JsonObject = {}) =>
      send({ kind: 'log', level, message: String(message).slice(0, 8_000), fields: outgoingFields(fields) });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
