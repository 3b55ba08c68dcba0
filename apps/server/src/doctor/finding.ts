/**
 * `warn`: the start succeeds, but something needs attention. `bad`: the start fails, or a
 * configured service does not work.
 */
type Level = 'fine' | 'warn' | 'bad';

export interface Finding {
  subject: string;
  level: Level;
  /** Result of the check; on a problem, also how to fix it. */
  text: string;
}

export const fine = (subject: string, text: string): Finding => ({ subject, level: 'fine', text });
export const warn = (subject: string, text: string): Finding => ({ subject, level: 'warn', text });
export const bad = (subject: string, text: string): Finding => ({ subject, level: 'bad', text });
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
