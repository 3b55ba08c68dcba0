import type { RuntimeLog } from '../host-services.js';
import { createLineBudget } from './output.js';

type Level = keyof RuntimeLog;

/** The lines of one module in the server's log, at most 200 a second, and as many errors. */
export interface ModuleLog {
  write(level: Level, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** @param moduleId is asked for each line: a module's id is known only once it has described itself. */
export function createModuleLog(log: RuntimeLog, moduleId: () => string): ModuleLog {
  const onDropped = (count: number) => log.warn({ module: moduleId() }, `${count} lines of the module were dropped`);
  // A chatty module must not drown the reason why it failed.
  const withinLines = createLineBudget(onDropped);
  const withinErrors = createLineBudget(onDropped);
  return {
    write(level, message, fields) {
      const within = level === 'error' ? withinErrors : withinLines;
      const named = { module: moduleId(), ...(fields && Object.keys(fields).length > 0 && { fields }) };
      within(() => log[level](named, message));
    },
  };
}
