import { randomUUID } from 'node:crypto';
import { until } from '@synap/testing';
import type { ApiCall, ApiResponse, Clients } from './clients.js';
import type { Caller, Fixture } from './fixture.js';
import type { Procedure } from './procedures.js';

/** Input of an error case: one procedure over both transports. */
interface ErrorCaseContext {
  readonly procedure: Procedure;
  readonly fixture: Fixture;
  /** Clients of a server with closed sign-up. */
  readonly closed: ProcedureClient;
  readonly rest: ProcedureClient['rest'];
  readonly rpc: ProcedureClient['rpc'];
  /** Creates the valid call of the case, by default as a permitted caller. */
  validCall(caller?: Caller): Promise<ApiCall>;
}

/** Calls one procedure over both transports. */
export interface ProcedureClient {
  rest(call: ApiCall): Promise<ApiResponse>;
  rpc(call: ApiCall): Promise<ApiResponse>;
}

export const bindProcedure = (
  { rest, rpc }: Clients,
  procedure: Parameters<Clients['rest']>[0],
): ProcedureClient => ({
  rest: (call) => rest(procedure, call),
  rpc: (call) => rpc(procedure, call),
});

/** Causes an error status and returns the responses that must have it. */
export type ErrorCase = (at: ErrorCaseContext) => Promise<readonly ApiResponse[]>;

type Maker<T> = (fixture: Fixture) => T | Promise<T>;

/** Changes the valid call of `user`, over both transports. */
export const byCall =
  (make: Maker<ApiCall>): ErrorCase =>
  async ({ fixture, rest, rpc, validCall }) => {
    const calls = [rest, rpc].map(async (call) =>
      call({ ...(await validCall()), ...(await make(fixture)) }),
    );
    return Promise.all(calls);
  };

export const byInput = (input: unknown) => byCall(() => ({ input }));

/** Makes the valid call of `user` as another caller. */
export const asCaller = (caller: Caller) => byCall(({ tokenOf }) => ({ token: tokenOf(caller) }));

/**
 * Makes the valid call with a key of `user` that has all scopes except the required one, or all
 * scopes if the procedure accepts no key.
 */
export const byKeyWithoutScope: ErrorCase = async ({
  fixture,
  rest,
  rpc,
  validCall,
  procedure,
}) => {
  const token = await fixture.keys.without(procedure.meta.scope ?? null);
  return Promise.all(
    [rest, rpc].map(async (call) => call({ ...(await validCall('user')), token })),
  );
};

/** Adds headers, over REST only. */
export const byHeaders =
  (headers: Record<string, string>): ErrorCase =>
  async ({ rest, validCall }) => [await rest({ ...(await validCall()), headers })];

/** Sends two calls with one idempotency key, the second with another input. */
export const byReusedKey =
  (make: Maker<unknown>): ErrorCase =>
  async ({ fixture, rest, validCall }) => {
    const headers = { 'idempotency-key': randomUUID() };
    await rest({ ...(await validCall()), headers });
    return [await rest({ ...(await validCall()), input: await make(fixture), headers })];
  };

/** Sends two concurrent calls with one idempotency key; a lock on `table` blocks the first. */
export const byKeyInUse =
  (table: string): ErrorCase =>
  async ({ fixture, rest, validCall }) => {
    const call = { ...(await validCall()), headers: { 'idempotency-key': randomUUID() } };
    const holder = await fixture.database.connect();
    try {
      await holder.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      const responses: ApiResponse[] = [];
      const both = [rest(call), rest(call)].map(
        async (calling) => void responses.push(await calling),
      );
      await until(() => responses.length > 0, { timeout: 1900 });
      const [first] = responses;
      await holder.query('ROLLBACK');
      await Promise.all(both);
      return first === undefined ? [] : [first];
    } finally {
      await holder.query('ROLLBACK');
      holder.release();
    }
  };

/** Runs several error cases one after the other and returns all responses. */
export const each =
  (...errorCases: readonly ErrorCase[]): ErrorCase =>
  async (at) => {
    const responses: ApiResponse[] = [];
    for (const errorCase of errorCases) responses.push(...(await errorCase(at)));
    return responses;
  };
