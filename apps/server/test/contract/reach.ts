import { randomUUID } from 'node:crypto';
import { until } from '@synap/testing';
import type { Answer, Ask, Faces } from './faces.js';
import type { Caller, World } from './fixture.js';
import type { Procedure } from './procedures.js';

/** The procedure at hand, on both faces. */
interface Reaching {
  readonly procedure: Procedure;
  readonly world: World;
  /** A server whose sign-up is closed. */
  readonly closed: Bound;
  readonly rest: Bound['rest'];
  readonly rpc: Bound['rpc'];
  /** The good call of its row, by default by someone who may make it. */
  ask(caller?: Caller): Promise<Ask>;
}

/** The faces of one procedure. */
export interface Bound {
  rest(ask: Ask): Promise<Answer>;
  rpc(ask: Ask): Promise<Answer>;
}

export const bind = ({ rest, rpc }: Faces, procedure: Parameters<Faces['rest']>[0]): Bound => ({
  rest: (ask) => rest(procedure, ask),
  rpc: (ask) => rpc(procedure, ask),
});

/** How a status is reached: the answers that must have it. */
export type Reach = (at: Reaching) => Promise<readonly Answer[]>;

type Maker<T> = (world: World) => T | Promise<T>;

/** By a call that differs from the good one of `user`, alike on both faces. */
export const byAsking =
  (make: Maker<Ask>): Reach =>
  async ({ world, rest, rpc, ask }) => {
    const calls = [rest, rpc].map(async (call) =>
      call({ ...(await ask()), ...(await make(world)) }),
    );
    return Promise.all(calls);
  };

export const byInput = (input: unknown) => byAsking(() => ({ input }));

/** By the good call of `user`, made by someone else. */
export const asCaller = (caller: Caller) => byAsking(({ tokenOf }) => ({ token: tokenOf(caller) }));

/**
 * By the good call of `user`, made by a key of theirs with all scopes but the one that it takes;
 * where no key may call, by one with all.
 */
export const byKeyWithoutScope: Reach = async ({ world, rest, rpc, ask, procedure }) => {
  const token = await world.keys.without(procedure.meta.scope ?? null);
  return Promise.all([rest, rpc].map(async (call) => call({ ...(await ask('user')), token })));
};

/** By what RPC cannot say: headers. */
export const byHeaders =
  (headers: Record<string, string>): Reach =>
  async ({ rest, ask }) => [await rest({ ...(await ask()), headers })];

/** Two calls under one key, the second with another input. */
export const byReusedKey =
  (make: Maker<unknown>): Reach =>
  async ({ world, rest, ask }) => {
    const headers = { 'idempotency-key': randomUUID() };
    await rest({ ...(await ask()), headers });
    return [await rest({ ...(await ask()), input: await make(world), headers })];
  };

/** Two calls under one key at once, the first of them held up by a lock on the table it writes. */
export const byKeyInUse =
  (table: string): Reach =>
  async ({ world, rest, ask }) => {
    const call = { ...(await ask()), headers: { 'idempotency-key': randomUUID() } };
    const holder = await world.database.connect();
    try {
      await holder.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      const answers: Answer[] = [];
      const both = [rest(call), rest(call)].map(
        async (calling) => void answers.push(await calling),
      );
      await until(() => answers.length > 0, { timeout: 1900 });
      const [first] = answers;
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
  (...ways: readonly Reach[]): Reach =>
  async (at) => {
    const answers: Answer[] = [];
    for (const way of ways) answers.push(...(await way(at)));
    return answers;
  };
