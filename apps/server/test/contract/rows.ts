import type { Endpoint } from '@synap/contracts';
import type { Ask } from './faces.js';
import type { Caller, World } from './fixture.js';
import type { Procedure } from './procedures.js';
import type { Reach } from './reach.js';
import { adminRows } from './rows.admin.js';
import { apiKeysRows } from './rows.api-keys.js';
import { authRows } from './rows.auth.js';
import { authSessionsRows } from './rows.auth-sessions.js';
import { dashboardsRows } from './rows.dashboards.js';
import { eventsRows } from './rows.events.js';
import { modulesRows } from './rows.modules.js';
import { systemRows } from './rows.system.js';
import { usersRows } from './rows.users.js';

/** What the product promises of one procedure, in the words of this test. */
export interface Row {
  /** What the contract says of it. */
  readonly endpoint: Endpoint;
  /**
   * What the good call answers over REST, by who makes it; the objects in it are those of `user`.
   */
  readonly callers: Readonly<Record<Caller, number>>;
  /**
   * What the good call answers to a key of `user` that is bound to another dashboard; to be said
   * where such a key may have the scope.
   */
  readonly elsewhere?: number;
  /**
   * A good call, made anew each time; the caller's token is added where it has none of its own.
   * Default: no input.
   */
  readonly ask?: (world: World, caller: Caller) => Ask | Promise<Ask>;
  /** Whether calling it takes effect: two calls are then two effects. */
  readonly changes: boolean;
  /** Makes room for another call with the same input, where the first one takes it. */
  readonly undo?: (world: World, input: unknown) => Promise<unknown>;
  /** Pointers into the answer to what may differ between two calls, or two effects. */
  readonly differs?: readonly string[];
  /**
   * How each documented error is reached, or why it is listed though it cannot be. What is the same
   * for all procedures – 401 without a token, 408, 412, 413, 415, 429, 500, 503 – is reached in the
   * same way for all.
   */
  readonly errors: Readonly<Record<number, Reach | string>>;
}

/** A procedure without a row fails the walk. */
export const rows: Readonly<Record<string, Row>> = {
  ...adminRows,
  ...apiKeysRows,
  ...eventsRows,
  ...authRows,
  ...authSessionsRows,
  ...dashboardsRows,
  ...modulesRows,
  ...systemRows,
  ...usersRows,
};

export function rowOf({ path }: Procedure): Row {
  const row = rows[path];
  if (!row) throw new Error(`${path} has no row: say in rows.ts who may call it, and how.`);
  return row;
}

/** The good call of a procedure; by default by someone who may make it. */
export async function goodAsk(procedure: Procedure, world: World, caller?: Caller): Promise<Ask> {
  const row = rowOf(procedure);
  const by = caller ?? (row.callers.user < 400 ? 'user' : 'superuser');
  return { token: world.tokenOf(by), ...(await row.ask?.(world, by)) };
}
