import { ModuleCallError } from '../call-error.js';
import type { Clock } from '../clock.js';
import type { FoundPackage } from '../discovery/discover.js';
import type { ModuleLimits } from '../limits.js';
import { messageOf } from '../message-of.js';
import type { Environment } from '../module-environment.js';
import type { ModuleLog } from '../process/module-log.js';
import { type ModuleProcess, startModuleProcess } from '../process/module-process.js';
import type { Description } from '../protocol/messages.js';
import { createCircuit } from './circuit.js';
import { type HandshakeResult, handshake } from './handshake.js';

interface RunningModule {
  readonly process: ModuleProcess;
  readonly description: Description;
}

/**
 * `up`: serves calls. `starting`: will soon. `down`: started by the next call that the circuit lets
 * through. `refused`: not started until the operator changes something.
 */
type ModuleState = 'up' | 'starting' | 'down' | 'refused';

export interface LifecycleOptions {
  readonly found: FoundPackage;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly limits: ModuleLimits;
  readonly log: ModuleLog;
  /**
   * Claims the id that the module describes itself with. Returns the reason if it may not have it.
   */
  readonly claim: (id: string) => string | undefined;
}

/**
 * Manages a module's process: starts it on demand, restarts it after a crash, and backs off if it
 * crashes repeatedly.
 */
export interface Lifecycle {
  /**
   * Resolves to the module when it can serve calls.
   * @throws ModuleCallError `unavailable` if it cannot be started now
   */
  running(): Promise<RunningModule>;
  /** Call it when the module responds: clears its past failures. */
  succeeded(): void;
  /** Stops the module until the operator changes something. */
  refuse(reason: string): void;
  close(): Promise<void>;
  state(): ModuleState;
  /** Returns its last description. */
  description(): Description | undefined;
  /** Returns why it was refused, or why it failed if it has not responded since. */
  lastError(): string | undefined;
}

export function createLifecycle({
  found,
  environment,
  clock,
  limits,
  log,
  claim,
}: LifecycleOptions): Lifecycle {
  const circuit = createCircuit(clock);
  let attempt: Promise<RunningModule> | undefined;
  let process: ModuleProcess | undefined;
  let description: Description | undefined;
  let lastError: string | undefined;
  let state: ModuleState = 'starting';
  let closed = false;

  const unavailable = (retryAfter?: number) => {
    const message = `Module ${description?.id ?? found.id} is not available: ${lastError ?? 'it is being ended'}`;
    return new ModuleCallError('unavailable', message, { retryAfter });
  };

  function refuse(reason: string): void {
    if (state === 'refused') return;
    [state, lastError] = ['refused', reason];
    log.write('error', 'The module is refused', { reason });
    void process?.end();
  }

  function onGone(reason: string): void {
    attempt = undefined;
    process = undefined;
    if (closed || state === 'refused') return;
    [state, lastError] = ['down', reason];
    circuit.failed();
    log.write('error', 'The module is down', { reason, restartsInMs: circuit.retryAfterMs() });
  }

  function begin(): Promise<RunningModule> {
    const own = launch();
    attempt = own;
    own.catch(() => {
      if (attempt === own) attempt = undefined;
    });
    return own;
  }

  async function launch(): Promise<RunningModule> {
    state = 'starting';
    const started = startProcess();
    if (!started) throw unavailable(1);
    let fault: string | undefined;
    void started.gone.then(({ reason }) => onGone(fault ?? `Its process ${reason}`));
    const result = await handshakeInTime(started);
    if (result.kind === 'up' && state === 'starting') {
      state = 'up';
      return { process: started, description: result.description };
    }
    if (result.kind === 'refused') refuse(result.reason);
    if (result.kind === 'failed') fault = result.reason;
    started.kill('could not be set up');
    await started.gone;
    throw unavailable(1);
  }

  function startProcess(): ModuleProcess | undefined {
    try {
      process = startModuleProcess(limits, log);
      return process;
    } catch (error) {
      onGone(`Its process could not be created (${messageOf(error)})`);
      return undefined;
    }
  }

  async function handshakeInTime(started: ModuleProcess): Promise<HandshakeResult> {
    const late = setTimeout(
      () => started.kill(`did not start within ${limits.startMs / 1_000} s and was ended`),
      limits.startMs,
    );
    const onDescribed = (described: Description) => {
      description = described;
      return claim(described.id);
    };
    return handshake(started, { entry: found.entry, environment, onDescribed }).finally(() =>
      clearTimeout(late),
    );
  }

  return {
    async running() {
      if (closed) throw new ModuleCallError('unavailable', 'The server is shutting down');
      if (state === 'refused') throw unavailable();
      const retryAfterMs = circuit.retryAfterMs();
      if (!attempt && retryAfterMs > 0) throw unavailable(Math.ceil(retryAfterMs / 1_000));
      return attempt ?? begin();
    },
    succeeded() {
      if (state !== 'up') return;
      circuit.succeeded();
      lastError = undefined;
    },
    refuse,
    async close() {
      closed = true;
      await process?.end();
    },
    state: () => state,
    description: () => description,
    lastError: () => lastError,
  };
}
