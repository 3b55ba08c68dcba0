import type { RuntimeLog } from '../host-services.js';
import { createLineBudget } from '../line-budget.js';

type Level = keyof RuntimeLog;

/** Writes the lines of one module to the server's log, at most 200 a second, and as many errors. */
export interface ModuleLog {
  write(level: Level, message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Counts lines that were not read. */
  drop(count: number): void;
}

/**
 * @param moduleId evaluated for each line, because the id is unknown until the module describes
 *   itself
 */
export function createModuleLog(log: RuntimeLog, moduleId: () => string): ModuleLog {
  const onDropped = (count: number) =>
    log.warn({ module: moduleId() }, `${count} lines of the module were dropped`);
  // Errors have their own budget, so that a flood does not hide the reason of a failure.
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
