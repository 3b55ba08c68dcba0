import type { Endpoint } from '@synap/contracts';
import { adminCases } from './cases.admin.js';
import { apiKeysCases } from './cases.api-keys.js';
import { authCases } from './cases.auth.js';
import { authSessionsCases } from './cases.auth-sessions.js';
import { dashboardsCases } from './cases.dashboards.js';
import { eventsCases } from './cases.events.js';
import { modulesCases } from './cases.modules.js';
import { systemCases } from './cases.system.js';
import { usersCases } from './cases.users.js';
import type { ApiCall } from './clients.js';
import type { ErrorCase } from './error-cases.js';
import type { Caller, Fixture } from './fixture.js';
import type { Procedure } from './procedures.js';

/** What the product promises of one procedure, in the words of this test. */
export interface ContractCase {
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
  readonly otherDashboardStatus?: number;
  /**
   * A good call, made anew each time; the caller's token is added where it has none of its own.
   * Default: no input.
   */
  readonly validCall?: (fixture: Fixture, caller: Caller) => ApiCall | Promise<ApiCall>;
  /** Whether calling it takes effect: two calls are then two effects. */
  readonly changes: boolean;
  /** Makes room for another call with the same input, where the first one takes it. */
  readonly undo?: (fixture: Fixture, input: unknown) => Promise<unknown>;
  /** Pointers into the answer to what may differ between two calls, or two effects. */
  readonly volatileFields?: readonly string[];
  /**
   * How each documented error is reached, or why it is listed though it cannot be. What is the same
   * for all procedures – 401 without a token, 408, 412, 413, 415, 429, 500, 503 – is reached in the
   * same way for all.
   */
  readonly errors: Readonly<Record<number, ErrorCase | string>>;
}

/** A procedure without a row fails the walk. */
export const contractCases: Readonly<Record<string, ContractCase>> = {
  ...adminCases,
  ...apiKeysCases,
  ...eventsCases,
  ...authCases,
  ...authSessionsCases,
  ...dashboardsCases,
  ...modulesCases,
  ...systemCases,
  ...usersCases,
};

export function caseOf({ path }: Procedure): ContractCase {
  const contractCase = contractCases[path];
  if (!contractCase)
    throw new Error(`${path} has no row: say in rows.ts who may call it, and how.`);
  return contractCase;
}

/** The good call of a procedure; by default by someone who may make it. */
export async function validCall(
  procedure: Procedure,
  fixture: Fixture,
  caller?: Caller,
): Promise<ApiCall> {
  const contractCase = caseOf(procedure);
  const by = caller ?? (contractCase.callers.user < 400 ? 'user' : 'superuser');
  return { token: fixture.tokenOf(by), ...(await contractCase.validCall?.(fixture, by)) };
}
