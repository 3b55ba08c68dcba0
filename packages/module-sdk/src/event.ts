import { z } from 'zod';
import { ModuleError } from './errors.js';
import type { JsonObject } from './json.js';
import { assertSize, largestEvent } from './sizes.js';

/**
 * An external event that the server stores.
 *
 * @example
 * ```ts
 * await emit([{ key: item.id, type: 'item.new', time: item.published, payload: { title } }]);
 * ```
 */
export interface ModuleEvent {
  /** Unique within the module: the server drops an event with a known key. 1–200 characters. */
  readonly key: string;
  /**
   * Type of event in lower case, with words separated by `.`, `_` or `-` (`commit`,
   * `issue.opened`).
   */
  readonly type: string;
  /** Time of the event, in the years 1 to 9999: the range that PostgreSQL and ISO 8601 share. */
  readonly time: Date;
  /** Subject of the event, such as a repository or a feed. Up to 200 characters. */
  readonly subject?: string | undefined;
  /** Data of the event. The whole event has at most 256,000 bytes as JSON. */
  readonly payload: JsonObject;
}

const firstTime = new Date('0001-01-01T00:00:00.000Z');
const lastTime = new Date('9999-12-31T23:59:59.999Z');

const moduleEventsSchema = z.array(
  z.object({
    key: z.string().min(1).max(200),
    type: z
      .string()
      .max(60)
      .regex(/^[a-z][a-z0-9]*([._-][a-z0-9]+)*$/, 'lower-case words separated by ".", "_" or "-"'),
    time: z
      .date({ error: 'must be a valid Date' })
      .min(firstTime, { error: 'must be in the years 1 to 9999' })
      .max(lastTime, { error: 'must be in the years 1 to 9999' }),
    subject: z.string().max(200).optional(),
    payload: z.record(z.string(), z.unknown()),
  }),
);

type Emit = (events: readonly ModuleEvent[]) => Promise<void>;

/**
 * Wraps `emit`: rejects invalid events before they leave the module, so that its author sees which
 * one and why.
 */
export function checkedEmit(emit: Emit): Emit {
  return async (events) => {
    const checked = moduleEventsSchema.safeParse(events);
    const [issue] = checked.success ? [] : checked.error.issues;
    if (issue)
      throw new ModuleError(
        `The module emitted an invalid event at ${issue.path.join('.')}: ${issue.message}`,
      );
    for (const event of events)
      assertSize(`emitted an event ("${event.key}")`, event, largestEvent);
    await emit(events);
  };
}
