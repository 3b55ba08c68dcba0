import type {
  HealthOutcome,
  JsonObject,
  LoadOutcome,
  LoadServices,
  Log,
  OpenedModule,
  SyncOutcome,
  SyncServices,
} from '@synap/module-sdk';
import { createLineBudget } from '../line-budget.js';
import {
  type FromModuleOnWire,
  longestLine,
  type Outcome,
  type ToModule,
} from '../protocol/messages.js';
import { createHostCalls } from './host-calls.js';
import { outgoingFields, outgoingOutcome } from './outgoing.js';
import { createProgress } from './progress.js';

type Call = Extract<ToModule, { kind: 'load' | 'sync' | 'check' | 'abort' | 'answer' }>;
type Send = (message: FromModuleOnWire) => Promise<void>;

export interface Calls {
  receive(message: Call): void;
}

/** Runs loads, sync runs and health checks, each with its own signal, and sends their outcomes. */
export function createCalls(
  send: Send,
  current: () => { module: OpenedModule | undefined; dataBytes: number },
): Calls {
  const running = new Map<number, AbortController>();
  const hostCalls = createHostCalls(send);
  const log = createLog(send);

  async function run(
    call: number,
    work: (
      module: OpenedModule,
      signal: AbortSignal,
    ) => Promise<LoadOutcome | SyncOutcome | HealthOutcome>,
  ) {
    const controller = new AbortController();
    running.set(call, controller);
    try {
      const { module, dataBytes } = current();
      if (!module) throw new Error('The module is not configured');
      const outcome = await work(module, controller.signal);
      sendOutcome(call, outgoingOutcome(outcome, dataBytes));
    } catch (error) {
      // Not an error: the server requested the abort.
      if (!controller.signal.aborted) log.error('The module threw', { error: stackOf(error) });
      sendOutcome(call, { kind: 'threw' });
    } finally {
      running.delete(call);
      hostCalls.forget(call);
    }
  }
  const sendOutcome = (call: number, outcome: Outcome) =>
    void send({ kind: 'outcome', call, outcome });

  const load = ({ call, widgetId, params }: Extract<Call, { kind: 'load' }>) =>
    run(call, (module, signal) => {
      const services: LoadServices = { signal, log, store: hostCalls.reader(call) };
      return module.load(widgetId, params, services);
    });
  const sync = ({ call }: Extract<Call, { kind: 'sync' }>) =>
    run(call, async (module, signal) => {
      const { report, flush } = createProgress((step) =>
        send({ kind: 'progress', call, done: step.done, total: step.total }),
      );
      const services: SyncServices = {
        signal,
        log,
        store: hostCalls.store(call),
        emit: hostCalls.emit(call),
        progress(done, total) {
          if (!Number.isFinite(done) || !Number.isFinite(total))
            throw new RangeError('progress() requires two finite numbers');
          report({ done, total });
        },
      };
      return module.sync(services).finally(flush);
    });

  const check = ({ call }: Extract<Call, { kind: 'check' }>) =>
    run(
      call,
      async (module, signal) =>
        (await module.check?.({ signal })) ?? { kind: 'checked', problems: [] },
    );

  return {
    receive(message) {
      if (message.kind === 'load') void load(message);
      else if (message.kind === 'check') void check(message);
      else if (message.kind === 'sync') void sync(message);
      else if (message.kind === 'abort') running.get(message.call)?.abort();
      else hostCalls.receive(message);
    },
  };
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/**
 * Limits the log lines, so that a flood that the server would drop does not fill the module's
 * memory.
 */
function createLog(send: Send): Log {
  const write = (level: keyof Log, message: string, fields: JsonObject = {}) =>
    void send({
      kind: 'log',
      level,
      message: String(message).slice(0, longestLine),
      fields: outgoingFields(fields),
    });
  const onDropped = (count: number) => write('warn', `${count} lines of the module were dropped`);
  const lines = createLineBudget(onDropped);
  const errors = createLineBudget(onDropped);
  const at = (level: keyof Log) => (message: string, fields?: JsonObject) =>
    (level === 'error' ? errors : lines).write(() => write(level, message, fields));
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
