import { type AnyTRPCRouter, TRPCError } from '@trpc/server';
import { namesTag, readTagCondition, type TagCondition, versionOf } from './answer/entity-tag.js';
import { HttpError } from './answer/http-error.js';
import { tagOf } from './answer/success.js';
import { inputFault } from './input/fault.js';
import { pathNode } from './input/reader.js';
import { accepts } from './input/unions.js';
import type { Route } from './routing/routes.js';
import { isRecord } from './schema.js';
import type { Settings } from './settings.js';

/** What a write needs to be checked against the state that its client knows. */
export interface ConditionalWrite {
  readonly route: Route;
  readonly headers: {
    readonly 'if-match'?: string | undefined;
    readonly 'if-none-match'?: string | undefined;
  };
  /** Calls a query procedure for the same caller. */
  readonly read: (route: Route, getRawInput: () => Promise<unknown>) => Promise<unknown>;
}

/** The state of a resource: its entity tag, null if it has none, undefined if it does not exist. */
type State = string | null | undefined;

/**
 * Puts what a single tag of a versioned resource says into the input, as its `version`: the
 * procedure checks it in its transaction. Nothing is read for it, so it is part of the input that
 * an `Idempotency-Key` belongs to.
 * @throws 400 for a malformed header or a contradiction
 */
export function takeVersion(
  write: Pick<ConditionalWrite, 'route' | 'headers'>,
  input: unknown,
): unknown {
  const version = onlyVersion(write);
  return version === undefined ? input : withVersion(input, version);
}

/**
 * Compares all other conditions of a write (RFC 9110 §13) with what the resource's GET gives, whose
 * version, if it has one, is handed on in the input.
 * @throws 400 for a malformed header or a contradiction; 412 if the condition is false and the
 *   input is otherwise valid
 */
export async function applyPreconditions(
  write: ConditionalWrite,
  input: unknown,
): Promise<unknown> {
  const ifMatch = conditionOf(write, 'if-match');
  const ifNoneMatch = conditionOf(write, 'if-none-match');
  if ((ifMatch === undefined && ifNoneMatch === undefined) || onlyVersion(write) !== undefined)
    return input;
  const state = await stateOf(write, input);
  const isCreation = write.route.method === 'POST';
  // A creation has no state of its own to compare with; of a resource that is gone the procedure
  // itself says 404.
  if (state === null && isCreation) return input;
  if (state === undefined && !(isCreation && ifMatch))
    return ifNoneMatch === 'any' ? withCreateOnly(write, input) : input;
  if (!holds(ifMatch, ifNoneMatch, state)) return refuse(write, input);
  const current = write.route.operation.meta.versioned && state ? versionOf(state) : undefined;
  return current === undefined ? input : withVersion(input, current);
}

function conditionOf(
  { headers }: Pick<ConditionalWrite, 'headers'>,
  name: 'if-match' | 'if-none-match',
): TagCondition | undefined {
  const condition = readTagCondition(headers[name]);
  if (condition !== null) return condition;
  const header = name === 'if-match' ? 'If-Match' : 'If-None-Match';
  throw inputFault([], `Give entity tags in ${header}, such as "7", or *.`, 'invalid_format');
}

/** The version that `If-Match` names alone, if the resource has versions. */
function onlyVersion(write: Pick<ConditionalWrite, 'route' | 'headers'>): number | undefined {
  const ifMatch = conditionOf(write, 'if-match');
  if (
    !write.route.operation.meta.versioned ||
    ifMatch === undefined ||
    ifMatch === 'any' ||
    ifMatch.length > 1
  )
    return undefined;
  return write.headers['if-none-match'] === undefined ? versionOf(ifMatch[0] ?? '') : undefined;
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
 * An invalid input goes on to its 400: a condition counts only for a request that would succeed
 * without it (RFC 9110 §13.2.1).
 */
function refuse({ route }: ConditionalWrite, input: unknown): unknown {
  if (!route.operation.inputs.every((schema) => accepts(schema, input))) return input;
  throw new HttpError(
    'PRECONDITION_FAILED',
    'The resource is not in the state that If-Match or If-None-Match names: read it again and repeat the change on what is there now.',
  );
}

async function stateOf({ route, read }: ConditionalWrite, input: unknown): Promise<State> {
  const { reading } = route;
  if (reading === undefined || reading.operation.isList) return null;
  const values = reading.names.map((name) => (isRecord(input) ? String(input[name] ?? '') : ''));
  try {
    const output = await read(reading, async () =>
      reading.operation.reader.fromParameters(pathNode(reading.names, values)),
    );
    return tagOf(output, reading.write(output), reading) ?? null;
  } catch (error) {
    if (error instanceof TRPCError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

function withVersion(input: unknown, version: number): unknown {
  if (input !== undefined && !isRecord(input)) return input;
  if (input?.version !== undefined && input.version !== version) {
    throw inputFault(
      ['version'],
      'If-Match and the body name different versions.',
      'contradiction',
    );
  }
  return { ...input, version };
}

/** Hands `If-None-Match: *` on, so that of two creations at once only one succeeds. */
function withCreateOnly({ route }: ConditionalWrite, input: unknown): unknown {
  return route.operation.takesCreateOnly && isRecord(input)
    ? { ...input, createOnly: true }
    : input;
}

/** Binds the reading of a resource to a call. */
export const readerFor =
  <TRouter extends AnyTRPCRouter>(
    { invoke }: Pick<Settings<TRouter>, 'invoke'>,
    ctx: unknown,
    signal: AbortSignal,
  ): ConditionalWrite['read'] =>
  ({ operation: { path, procedure } }, getRawInput) =>
    invoke(procedure, { path, type: 'query', ctx, signal, batchIndex: 0, getRawInput });
