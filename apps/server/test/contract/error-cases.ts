import { randomUUID } from 'node:crypto';
import { until } from '@synap/testing';
import type { ApiCall, ApiResponse, Clients } from './clients.js';
import type { Caller, Fixture } from './fixture.js';
import type { Procedure } from './procedures.js';

/** The procedure at hand, on both faces. */
interface ErrorCaseContext {
  readonly procedure: Procedure;
  readonly fixture: Fixture;
  /** A server whose sign-up is closed. */
  readonly closed: ProcedureClient;
  readonly rest: ProcedureClient['rest'];
  readonly rpc: ProcedureClient['rpc'];
  /** The good call of its row, by default by someone who may make it. */
  validCall(caller?: Caller): Promise<ApiCall>;
}

/** The faces of one procedure. */
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

/** How a status is reached: the answers that must have it. */
export type ErrorCase = (at: ErrorCaseContext) => Promise<readonly ApiResponse[]>;

type Maker<T> = (fixture: Fixture) => T | Promise<T>;

/** By a call that differs from the good one of `user`, alike on both faces. */
export const byCall =
  (make: Maker<ApiCall>): ErrorCase =>
  async ({ fixture, rest, rpc, validCall }) => {
    const calls = [rest, rpc].map(async (call) =>
      call({ ...(await validCall()), ...(await make(fixture)) }),
    );
    return Promise.all(calls);
  };

export const byInput = (input: unknown) => byCall(() => ({ input }));

/** By the good call of `user`, made by someone else. */
export const asCaller = (caller: Caller) => byCall(({ tokenOf }) => ({ token: tokenOf(caller) }));

/**
 * By the good call of `user`, made by a key of theirs with all scopes but the one that it takes;
 * where no key may call, by one with all.
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

/** By what RPC cannot say: headers. */
export const byHeaders =
  (headers: Record<string, string>): ErrorCase =>
  async ({ rest, validCall }) => [await rest({ ...(await validCall()), headers })];

/** Two calls under one key, the second with another input. */
export const byReusedKey =
  (make: Maker<unknown>): ErrorCase =>
  async ({ fixture, rest, validCall }) => {
    const headers = { 'idempotency-key': randomUUID() };
    await rest({ ...(await validCall()), headers });
    return [await rest({ ...(await validCall()), input: await make(fixture), headers })];
  };

/** Two calls under one key at once, the first of them held up by a lock on the table it writes. */
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

/** One after the other: `answers` of several ways are all expected to have the status. */
export const each =
  (...ways: readonly ErrorCase[]): ErrorCase =>
  async (at) => {
    const responses: ApiResponse[] = [];
    for (const way of ways) responses.push(...(await way(at)));
    return responses;
  };
