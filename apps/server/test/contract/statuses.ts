import { expect } from 'vitest';
import type { ServerUnderTest } from '../server-under-test.js';
import type { ServedDocument } from './document.js';
import { type Answer, type Ask, createFaces } from './faces.js';
import type { Caller, World } from './fixture.js';
import { isRecord } from './json.js';
import { type Procedure, procedures, routeOf } from './procedures.js';
import { bind, byHeaders, type Reach } from './reach.js';
import { goodAsk, rowOf } from './rows.js';
import { callWithoutBody } from './slow.js';

/** What statuses are reached with. */
export interface Stage {
  readonly world: World;
  /** A server whose sign-up is closed. */
  readonly closed: ServerUnderTest;
  readonly document: ServedDocument;
}

/** Has the form of a key. */
const unknownKey = `syn_${'0'.repeat(32)}_${'A'.repeat(43)}`;

const padding = 'x'.repeat(110_000);

/** What is reached in the same way for every procedure. */
const general: Readonly<Record<number, Reach>> = {
  400: async ({ rest, ask }) => [await rest({ ...(await ask()), query: 'unheard-of=1' })],
  401: async ({ rest, rpc, ask }) => {
    const strangers = [undefined, 'not-a-token', `${(await ask()).token}x`, unknownKey];
    return Promise.all(
      strangers.flatMap((token) =>
        [rest, rpc].map(async (call) => call({ ...(await ask()), token })),
      ),
    );
  },
  412: byHeaders({ 'if-match': '"a state that never was"' }),
  413: async ({ rest, rpc, ask }) => {
    const { input, ...others } = await ask();
    return Promise.all(
      [rest, rpc].map((call) =>
        call({ ...others, input: { ...(isRecord(input) && input), padding } }),
      ),
    );
  },
  415: async ({ rest, rpc, ask }) => {
    const headers = { 'content-type': 'text/plain' };
    return Promise.all(
      [rest, rpc].map(async (call) => call({ ...(await ask()), headers, body: '{}' })),
    );
  },
};

/**
 * Reached elsewhere for all procedures: 408 below, the others in faults.e2e.test.ts by servers that
 * are in trouble.
 */
const elsewhere = [408, 429, 500, 503];

/**
 * Reaches each error that the document lists for a procedure, unless its row says why that cannot
 * be.
 */
export async function expectListedErrors(
  { world, closed, document }: Stage,
  procedure: Procedure,
): Promise<void> {
  const at = {
    procedure,
    world,
    ...bind(world.faces, procedure),
    closed: bind(createFaces(closed.origin), procedure),
    ask: (caller?: Caller) => goodAsk(procedure, world, caller),
  };
  const { errors } = rowOf(procedure);
  const listed = document.statusesOf(procedure).filter((status) => status >= 400);
  expect(listed, 'errors of the row that the document does not list').toEqual(
    expect.arrayContaining(Object.keys(errors).map(Number)),
  );
  for (const status of listed) {
    const reach = errors[status] ?? general[status];
    if (typeof reach === 'string' || (reach === undefined && elsewhere.includes(status))) continue;
    if (!reach)
      throw new Error(
        `${procedure.path} lists ${status}: say in its row how it is reached, or why it cannot be.`,
      );
    const answers = [...(await reach(at))];
    // Every address refuses what it does not know, in its query.
    if (status === 400 && !procedure.meta.openapi?.freeParameters)
      answers.push(...((await general[400]?.(at)) ?? []));
    expect(answers.length, String(status)).toBeGreaterThan(0);
    for (const answer of answers) expectError(document, procedure, answer, status);
  }
}

/** Makes requests that nobody should, which are answered as the document says all the same. */
export async function expectOddAnswersInside(
  { world, document }: Stage,
  procedure: Procedure,
): Promise<void> {
  const json = { 'content-type': 'application/json' };
  const odd: Ask[] = [
    { headers: { 'if-match': '"x", W/"y"' } },
    { headers: { 'if-none-match': '*' } },
    { headers: { 'idempotency-key': '' } },
    { headers: { authorization: 'Basic eDp5' } },
  ];
  if (routeOf(procedure).hasBody) {
    odd.push(
      ...['', '{', 'null', '[]', '"x"', '{"a":1e999}', padding].map((body) => ({
        body,
        headers: json,
      })),
    );
    odd.push({ body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    odd.push({ body: '{}', headers: { ...json, 'content-encoding': 'gzip' } });
  }
  const { headers } = await world.faces.rest(procedure, await goodAsk(procedure, world));
  const etag = headers.get('etag');
  if (etag !== null)
    odd.push({ headers: { 'if-none-match': etag } }, { headers: { 'if-match': etag } });
  for (const each of odd) {
    const answer = await world.faces.rest(procedure, {
      ...(await goodAsk(procedure, world)),
      ...each,
    });
    expect(document.faultOf(procedure, answer), JSON.stringify(each).slice(0, 100)).toBeUndefined();
  }
}

/**
 * Announces bodies that do not come: the answers take as long as the server waits, so they are
 * asked for all at once.
 */
export function withholdBodies({ world, document }: Stage): Map<Procedure, Promise<Answer[]>> {
  const taking = procedures.filter((procedure) => document.statusesOf(procedure).includes(408));
  const withhold = async (procedure: Procedure) =>
    callWithoutBody(world.server.origin, procedure, await goodAsk(procedure, world));
  return new Map(taking.map((procedure) => [procedure, withhold(procedure)]));
}

export function expectError(
  document: ServedDocument,
  procedure: Procedure,
  answer: Answer,
  status: number,
): void {
  const place = `${procedure.path}, ${status} over ${answer.face}: ${answer.text}`;
  expect(answer.status, place).toBe(status);
  if (answer.face === 'rest') expect(document.faultOf(procedure, answer), place).toBeUndefined();
  // An operation with an error format of its own answers no problem over REST.
  if (answer.face === 'rpc' || isProblemType(answer))
    expect(answer.problem?.status, place).toBe(status);
}

const isProblemType = ({ headers }: Answer): boolean =>
  headers.get('content-type') === 'application/problem+json';
