import type { IncomingMessage } from 'node:http';
import { isRecord } from '@synap/http';
import { TRPCError } from '@trpc/server';
import { inputError, toInputFailure } from './input/input-error.js';
import { pathNode } from './input/reader.js';
import { accepts } from './input/unions.js';
import { namesTag, readTagCondition, type TagCondition, versionOf } from './response/entity-tag.js';
import { HttpError } from './response/http-error.js';
import { tagOf } from './response/success.js';
import type { Route } from './routing/routes.js';

/** A write request and the means to read the current state of its resource. */
export interface ConditionalWrite {
  readonly route: Route;
  readonly req: Pick<IncomingMessage, 'headers'>;
  /** Calls a query procedure as the same caller. */
  read(route: Route, getRawInput: () => Promise<unknown>): Promise<unknown>;
}

/** Entity tag of a resource; null if it has none, undefined if the resource does not exist. */
type State = string | null | undefined;

/**
 * Sets the input's `version` from a single tag in `If-Match`. The procedure compares it in its
 * transaction. Reads no resource, so that the version is part of the `Idempotency-Key` fingerprint.
 * @throws 400 for a malformed header or a contradicting `version`
 */
export function applyIfMatchVersion(write: ConditionalWrite, input: unknown): unknown {
  try {
    const version = onlyVersion(write);
    return version === undefined ? input : withVersion(input, version);
  } catch (cause) {
    throw toInputFailure(cause);
  }
}

/**
 * Evaluates all other conditions of a write (RFC 9110 §13) against the resource's GET. Sets the
 * input's `version` from that response if the resource is versioned.
 * @throws 400 for a malformed header or a contradicting `version`; 412 if the condition is false
 *   and the input is otherwise valid
 */
export async function applyPreconditions(
  write: ConditionalWrite,
  input: unknown,
): Promise<unknown> {
  try {
    return await evaluate(write, input);
  } catch (cause) {
    throw toInputFailure(cause);
  }
}

async function evaluate(write: ConditionalWrite, input: unknown): Promise<unknown> {
  const ifMatch = conditionOf(write, 'if-match');
  const ifNoneMatch = conditionOf(write, 'if-none-match');
  if ((ifMatch === undefined && ifNoneMatch === undefined) || onlyVersion(write) !== undefined)
    return input;
  const state = await stateOf(write, input);
  const isCreation = write.route.method === 'POST';
  // A new resource has no state to compare with. If the resource is gone, the procedure responds
  // with 404.
  if (state === null && isCreation) return input;
  if (state === undefined && !(isCreation && ifMatch))
    return ifNoneMatch === 'any' ? withCreateOnly(write, input) : input;
  if (!holds(ifMatch, ifNoneMatch, state)) return failPrecondition(write, input);
  const current = write.route.operation.meta.versioned && state ? versionOf(state) : undefined;
  return current === undefined ? input : withVersion(input, current);
}

function conditionOf(
  { req }: ConditionalWrite,
  name: 'if-match' | 'if-none-match',
): TagCondition | undefined {
  const condition = readTagCondition(req.headers[name]);
  if (condition !== null) return condition;
  const header = name === 'if-match' ? 'If-Match' : 'If-None-Match';
  throw inputError(
    [],
    `${header} must be a list of entity tags, such as "7", or *.`,
    'invalid_format',
  );
}

/** Version in `If-Match` if it is the only condition and the resource is versioned. */
function onlyVersion(write: ConditionalWrite): number | undefined {
  const ifMatch = conditionOf(write, 'if-match');
  if (
    !write.route.operation.meta.versioned ||
    ifMatch === undefined ||
    ifMatch === 'any' ||
    ifMatch.length > 1
  )
    return undefined;
  return write.req.headers['if-none-match'] === undefined ? versionOf(ifMatch[0] ?? '') : undefined;
}

function holds(
  ifMatch: TagCondition | undefined,
  ifNoneMatch: TagCondition | undefined,
  state: State,
): boolean {
  const matches = (condition: TagCondition) =>
    state === undefined ? false : state === null ? condition === 'any' : namesTag(condition, state);
  return (
    (ifMatch === undefined || matches(ifMatch)) &&
    (ifNoneMatch === undefined || !matches(ifNoneMatch))
  );
}

/**
 * Throws 412 if the input is valid, else returns the input so that the procedure rejects it with
 * 400. A condition only counts if the request would succeed without it (RFC 9110 §13.2.1).
 */
function failPrecondition({ route }: ConditionalWrite, input: unknown): unknown {
  if (!route.operation.inputs.every((schema) => accepts(schema, input))) return input;
  throw new HttpError(
    'PRECONDITION_FAILED',
    'The resource does not match If-Match or If-None-Match: read it again and repeat the change on the current state.',
  );
}

async function stateOf(write: ConditionalWrite, input: unknown): Promise<State> {
  const { getRoute } = write.route;
  if (getRoute === undefined || getRoute.operation.isList) return null;
  const values = getRoute.names.map((name) => (isRecord(input) ? String(input[name] ?? '') : ''));
  try {
    const output = await write.read(getRoute, async () =>
      getRoute.operation.reader.fromParameters(pathNode(getRoute.names, values)),
    );
    return tagOf(output, getRoute.write(output), getRoute) ?? null;
  } catch (error) {
    if (error instanceof TRPCError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

function withVersion(input: unknown, version: number): unknown {
  if (input !== undefined && !isRecord(input)) return input;
  if (input?.version !== undefined && input.version !== version) {
    throw inputError(
      ['version'],
      'If-Match and the body contain different versions.',
      'contradiction',
    );
  }
  return { ...input, version };
}

/**
 * Sets `createOnly` for `If-None-Match: *`, so that only one of two concurrent creations succeeds.
 */
function withCreateOnly({ route }: ConditionalWrite, input: unknown): unknown {
  return route.operation.acceptsCreateOnly && isRecord(input)
    ? { ...input, createOnly: true }
    : input;
}
