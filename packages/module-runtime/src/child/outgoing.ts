import type { HealthOutcome, Issue, LoadOutcome, SyncOutcome } from '@synap/module-sdk';
import { longestFields, type Outcome } from '../protocol/messages.js';

const longestMessage = 1_000;

/** Limits the number and length of issues before they are sent. */
export const outgoingIssues = (issues: readonly Issue[]) =>
  issues.slice(0, 100).map(({ path, message, code }) => ({
    path: [...path],
    message: message.slice(0, longestMessage),
    code,
  }));

/** Describes a thrown value in one bounded line for the operator. */
export function describeError(error: unknown): string {
  const text =
    error instanceof Error ? `${error.name}: ${error.message}` : `It threw ${String(error)}`;
  return text.slice(0, longestMessage);
}

/**
 * Checks the outcome before it is sent. Oversized data, or data that is not JSON, becomes the
 * module's error instead of the channel's.
 */
export function outgoingOutcome(
  outcome: LoadOutcome | SyncOutcome | HealthOutcome,
  dataBytes: number,
): Outcome {
  if (outcome.kind === 'invalid-params' || outcome.kind === 'invalid-data') {
    return { kind: outcome.kind, issues: outgoingIssues(outcome.issues) };
  }
  if (outcome.kind === 'failed')
    return { ...outcome, message: outcome.message.slice(0, longestMessage) };
  if (outcome.kind === 'checked')
    return {
      kind: outcome.kind,
      problems: outcome.problems
        .slice(0, 100)
        .map((problem) => String(problem).slice(0, longestMessage)),
    };
  if (outcome.kind !== 'data') return outcome;
  const fault = faultOf(outcome.data, dataBytes);
  return fault === undefined
    ? outcome
    : { kind: 'invalid-data', issues: [{ path: [], message: fault, code: 'custom' }] };
}

function faultOf(data: unknown, dataBytes: number): string | undefined {
  try {
    const bytes = Buffer.byteLength(JSON.stringify(data) ?? '');
    if (bytes === 0) return 'is not JSON';
    return bytes > dataBytes ? `is ${bytes} bytes as JSON, more than ${dataBytes}` : undefined;
  } catch (error) {
    return `is not JSON (${describeError(error)})`;
  }
}

/**
 * Limits the fields of a log line before they are sent. Never throws, so that logging cannot fail.
 */
export function outgoingFields(fields: object): Record<string, unknown> {
  try {
    const { length } = JSON.stringify(fields);
    return length > longestFields ? { leftOut: `${length} characters` } : { ...fields };
  } catch (error) {
    return { leftOut: describeError(error) };
  }
}
