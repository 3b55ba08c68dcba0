import type { JsonValue } from '@synap/module-sdk';
import { ModuleCallError } from '../call-error.js';
import type { Deadline } from '../deadline.js';
import type { OnProgress } from '../host-services.js';
import type { HostCall, Outcome } from '../protocol/messages.js';

export interface CallOptions {
  readonly deadline: Deadline;
  /** Executes the module's host calls while a caller waits for this call. */
  readonly serve: (hostCall: HostCall) => Promise<JsonValue | null>;
  readonly onProgress?: OnProgress | undefined;
}

interface PendingCall {
  readonly options: CallOptions;
  /** True after the deadline, until the module reports the end of the call. */
  hasExpired: boolean;
  end(outcome: Outcome | ModuleCallError): void;
}

export interface PendingCalls {
  /**
   * Waits for the outcome of the call that `send` starts. Rejects at the deadline, while the module
   * still stops.
   */
  add(options: CallOptions, send: (call: number) => void): Promise<Outcome>;
  /** @returns false if there is no such call */
  finish(call: number, outcome: Outcome): boolean;
  /** Returns the call while a caller waits for it. */
  get(call: number): CallOptions | undefined;
  /** Rejects all calls because the process has ended. */
  rejectAll(error: ModuleCallError): void;
}

/**
 * Tracks the calls of one process.
 * @param abort requests the module to stop a call
 * @param onOverdue called if a call runs for more than `graceMs` past its deadline
 */
export function createPendingCalls(
  abort: (call: number) => void,
  graceMs: number,
  onOverdue: () => void,
): PendingCalls {
  const pending = new Map<number, PendingCall>();
  let last = 0;

  function add(options: CallOptions, send: (call: number) => void): Promise<Outcome> {
    const { deadline } = options;
    last += 1;
    const call = last;
    return new Promise((resolve, reject) => {
      let overdue: NodeJS.Timeout | undefined;
      const onDeadline = () => {
        entry.hasExpired = true;
        overdue = setTimeout(onOverdue, deadline.remainingMs() + graceMs);
        abort(call);
        reject(deadline.signal.reason);
      };
      const entry: PendingCall = {
        options,
        hasExpired: false,
        end(outcome) {
          clearTimeout(overdue);
          deadline.signal.removeEventListener('abort', onDeadline);
          if (outcome instanceof ModuleCallError) reject(outcome);
          else resolve(outcome);
        },
      };
      pending.set(call, entry);
      send(call);
      if (deadline.signal.aborted) onDeadline();
      else deadline.signal.addEventListener('abort', onDeadline, { once: true });
    });
  }

  const finish = (call: number, outcome: Outcome | ModuleCallError) => {
    const entry = pending.get(call);
    entry?.end(outcome);
    return pending.delete(call);
  };
  return {
    add,
    finish,
    get: (call) => {
      const entry = pending.get(call);
      return entry?.hasExpired ? undefined : entry?.options;
    },
    rejectAll: (error) => {
      for (const call of [...pending.keys()]) finish(call, error);
    },
  };
}
