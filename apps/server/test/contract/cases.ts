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

/** Expected behaviour of one procedure. */
export interface ContractCase {
  /** Its contract. */
  readonly endpoint: Endpoint;
  /**
   * REST status of the valid call for each caller. Its objects belong to `user`.
   */
  readonly callers: Readonly<Record<Caller, number>>;
  /**
   * REST status for a key of `user` that is bound to another dashboard. Required if bound keys may
   * have the scope.
   */
  readonly otherDashboardStatus?: number;
  /**
   * Creates a new valid call. The caller's token is added if it sets none.
   * @default no input
   */
  readonly validCall?: (fixture: Fixture, caller: Caller) => ApiCall | Promise<ApiCall>;
  /** True if each call has an effect. */
  readonly changes: boolean;
  /** Reverts a call, so that the same input is valid again. */
  readonly undo?: (fixture: Fixture, input: unknown) => Promise<unknown>;
  /** Pointers to response fields that may differ between two calls. */
  readonly volatileFields?: readonly string[];
  /**
   * How to cause each documented error, or why this test cannot. Errors with the same cause in all
   * procedures – 401 without a token, 408, 412, 413, 415, 429, 500, 503 – have a shared case.
   */
  readonly errors: Readonly<Record<number, ErrorCase | string>>;
}

/** Cases by procedure; a procedure without a case fails the contract test. */
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
  if (!contractCase) throw new Error(`${path} has no contract case: add one in cases.ts.`);
  return contractCase;
}

/** Creates a valid call, by default as a permitted caller. */
export async function validCall(
  procedure: Procedure,
  fixture: Fixture,
  caller?: Caller,
): Promise<ApiCall> {
  const contractCase = caseOf(procedure);
  const by = caller ?? (contractCase.callers.user < 400 ? 'user' : 'superuser');
  return { token: fixture.tokenOf(by), ...(await contractCase.validCall?.(fixture, by)) };
}
