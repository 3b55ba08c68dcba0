/**
 * `warn`: the start succeeds, but something is missing or is not what it seems; `bad`: it fails, or
 * a service that is set up does not work.
 */
type Level = 'fine' | 'warn' | 'bad';

export interface Finding {
  subject: string;
  level: Level;
  /** The result and, if it is not all right, the remedy. */
  text: string;
}

export const fine = (subject: string, text: string): Finding => ({ subject, level: 'fine', text });
export const warn = (subject: string, text: string): Finding => ({ subject, level: 'warn', text });
export const bad = (subject: string, text: string): Finding => ({ subject, level: 'bad', text });
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
