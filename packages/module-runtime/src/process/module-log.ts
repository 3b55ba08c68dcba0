import type { RuntimeLog } from '../host-services.js';
import { createLineBudget } from '../line-budget.js';

type Level = keyof RuntimeLog;

/** The lines of one module in the server's log, at most 200 a second, and as many errors. */
export interface ModuleLog {
  write(level: Level, message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Counts lines that were not even read. */
  drop(count: number): void;
}

/**
 * @param moduleId is asked for each line: a module's id is known only once it has described itself.
 */
export function createModuleLog(log: RuntimeLog, moduleId: () => string): ModuleLog {
  const onDropped = (count: number) =>
    log.warn({ module: moduleId() }, `${count} lines of the module were dropped`);
  // A chatty module must not drown the reason why it failed.
  const lines = createLineBudget(onDropped);
  const errors = createLineBudget(onDropped);
  return {
    write(level, message, fields) {
      const budget = level === 'error' ? errors : lines;
      const named = {
        module: moduleId(),
        ...(fields && Object.keys(fields).length > 0 && { fields }),
      };
      budget.write(() => log[level](named, message));
    },
    drop: (count) => lines.drop(count),
  };
}
