import type { JsonValue } from '@synap/module-sdk';
import { ModuleCallError } from '../call-error.js';
import type { Deadline } from '../deadline.js';
import type { OnProgress } from '../host-services.js';
import type { Ask, Outcome } from '../protocol/messages.js';

export interface CallOptions {
  readonly deadline: Deadline;
  /** Answers what the module asks while somebody waits for this call. */
  readonly serve: (question: Ask) => Promise<JsonValue | null>;
  readonly onProgress?: OnProgress | undefined;
}

interface PendingCall {
  readonly options: CallOptions;
  /** The caller left at his deadline; the module has yet to say that it stopped. */
  left: boolean;
  end(outcome: Outcome | ModuleCallError): void;
}

export interface PendingCalls {
  /**
   * Waits for the outcome of the call that `send` starts. At the deadline it rejects at once, while
   * the module winds up.
   */
  add(options: CallOptions, send: (call: number) => void): Promise<Outcome>;
  /** @returns false if there is no such call */
  finish(call: number, outcome: Outcome): boolean;
  /** The call as long as somebody waits for it. */
  get(call: number): CallOptions | undefined;
  /** The process is gone: every caller is told so. */
  rejectAll(error: ModuleCallError): void;
}

/**
 * @param abort tells the module to stop a call
 * @param onOverdue is called when it goes on for `graceMs` past the call's deadline all the same
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
        entry.left = true;
        overdue = setTimeout(onOverdue, deadline.remainingMs() + graceMs);
        abort(call);
        reject(deadline.signal.reason);
      };
      const entry: PendingCall = {
        options,
        left: false,
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
      return entry?.left ? undefined : entry?.options;
    },
    rejectAll: (error) => {
      for (const call of [...pending.keys()]) finish(call, error);
    },
  };
}
