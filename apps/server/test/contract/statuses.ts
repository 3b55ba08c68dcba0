import { expect } from 'vitest';
import type { ServerUnderTest } from '../server-under-test.js';
import { caseOf, validCall } from './cases.js';
import { type ApiCall, type ApiResponse, createClients } from './clients.js';
import type { ServedDocument } from './document.js';
import { bindProcedure, byHeaders, type ErrorCase } from './error-cases.js';
import type { Caller, Fixture } from './fixture.js';
import { isRecord } from './json.js';
import { type Procedure, procedures, routeOf } from './procedures.js';
import { callWithoutBody } from './slow.js';

/** Servers and document that the error cases use. */
export interface Stage {
  readonly fixture: Fixture;
  /** A server with closed sign-up. */
  readonly closed: ServerUnderTest;
  readonly document: ServedDocument;
}

/** Well-formed, but unknown. */
const unknownKey = `syn_${'0'.repeat(32)}_${'A'.repeat(43)}`;

const padding = 'x'.repeat(110_000);

/** Error cases that are the same for every procedure. */
const general: Readonly<Record<number, ErrorCase>> = {
  400: async ({ rest, validCall }) => [
    await rest({ ...(await validCall()), query: 'unheard-of=1' }),
  ],
  401: async ({ rest, rpc, validCall }) => {
    const strangers = [undefined, 'not-a-token', `${(await validCall()).token}x`, unknownKey];
    return Promise.all(
      strangers.flatMap((token) =>
        [rest, rpc].map(async (call) => call({ ...(await validCall()), token })),
      ),
    );
  },
  412: byHeaders({ 'if-match': '"a state that never was"' }),
  413: async ({ rest, rpc, validCall }) => {
    const { input, ...others } = await validCall();
    return Promise.all(
      [rest, rpc].map((call) =>
        call({ ...others, input: { ...(isRecord(input) && input), padding } }),
      ),
    );
  },
  415: async ({ rest, rpc, validCall }) => {
    const headers = { 'content-type': 'text/plain' };
    return Promise.all(
      [rest, rpc].map(async (call) => call({ ...(await validCall()), headers, body: '{}' })),
    );
  },
};

/**
 * Statuses tested separately for all procedures: 408 below, the others in faults.e2e.test.ts.
 */
const testedSeparately = [408, 429, 500, 503];

/**
 * Causes each error that the document lists for a procedure, unless its case explains why not.
 */
export async function expectListedErrors(
  { fixture, closed, document }: Stage,
  procedure: Procedure,
): Promise<void> {
  const at = {
    procedure,
    fixture,
    ...bindProcedure(fixture.clients, procedure),
    closed: bindProcedure(createClients(closed.origin), procedure),
    validCall: (caller?: Caller) => validCall(procedure, fixture, caller),
  };
  const { errors } = caseOf(procedure);
  const listed = document.statusesOf(procedure).filter((status) => status >= 400);
  expect(listed, 'errors of the case that the document does not list').toEqual(
    expect.arrayContaining(Object.keys(errors).map(Number)),
  );
  for (const status of listed) {
    const reach = errors[status] ?? general[status];
    if (typeof reach === 'string' || (reach === undefined && testedSeparately.includes(status)))
      continue;
    if (!reach)
      throw new Error(
        `${procedure.path} lists ${status}: add how to cause it, or why not, to its contract case.`,
      );
    const responses = [...(await reach(at))];
    // Every route rejects unknown query parameters.
    if (status === 400 && !procedure.meta.openapi?.freeParameters)
      responses.push(...((await general[400]?.(at)) ?? []));
    expect(responses.length, String(status)).toBeGreaterThan(0);
    for (const response of responses) expectError(document, procedure, response, status);
  }
}

/** Sends unusual requests and checks that the responses conform to the document. */
export async function expectUnusualCallsConform(
  { fixture, document }: Stage,
  procedure: Procedure,
): Promise<void> {
  const json = { 'content-type': 'application/json' };
  const odd: ApiCall[] = [
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
  const { headers } = await fixture.clients.rest(procedure, await validCall(procedure, fixture));
  const etag = headers.get('etag');
  if (etag !== null)
    odd.push({ headers: { 'if-none-match': etag } }, { headers: { 'if-match': etag } });
  for (const each of odd) {
    const response = await fixture.clients.rest(procedure, {
      ...(await validCall(procedure, fixture)),
      ...each,
    });
    expect(
      document.violationOf(procedure, response),
      JSON.stringify(each).slice(0, 100),
    ).toBeUndefined();
  }
}

/**
 * Announces bodies that never arrive. Sends all requests at once, because each response takes as
 * long as the server waits.
 */
export function withholdBodies({
  fixture,
  document,
}: Stage): Map<Procedure, Promise<ApiResponse[]>> {
  const taking = procedures.filter((procedure) => document.statusesOf(procedure).includes(408));
  const withhold = async (procedure: Procedure) =>
    callWithoutBody(fixture.server.origin, procedure, await validCall(procedure, fixture));
  return new Map(taking.map((procedure) => [procedure, withhold(procedure)]));
}

export function expectError(
  document: ServedDocument,
  procedure: Procedure,
  response: ApiResponse,
  status: number,
): void {
  const place = `${procedure.path}, ${status} over ${response.transport}: ${response.text}`;
  expect(response.status, place).toBe(status);
  if (response.transport === 'rest')
    expect(document.violationOf(procedure, response), place).toBeUndefined();
  // Operations with another error format return no problem over REST.
  if (response.transport === 'rpc' || isProblemType(response))
    expect(response.problem?.status, place).toBe(status);
}

const isProblemType = ({ headers }: ApiResponse): boolean =>
  headers.get('content-type') === 'application/problem+json';
