import type { InputIssue } from './input-error.js';

/** An object or array in a parsed document, linked to its parent. */
interface Place {
  readonly value: object;
  readonly key: string | number;
  readonly parent: Place | undefined;
}

/** Maximum number of issues in one response. */
const maxIssues = 10;
/** Maximum path length of an issue. A deeper value is reported by its ancestor at this level. */
const maxLevels = 64;

/** Keys that can modify a prototype if a program assigns them. */
const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** True for `__proto__`, `constructor` and `prototype`. */
export const isForbiddenKey = (key: string): boolean => forbiddenKeys.has(key);

/**
 * Finds values in parsed JSON that programs interpret differently: the keys `__proto__`,
 * `constructor` and `prototype`, and numbers whose magnitude exceeds 2^53 - 1 (I-JSON, RFC 7493
 * §2.2). Checking the parsed value suffices: an integer literal beyond that bound never rounds to
 * a value within it. Iterative, with linear cost.
 */
export function findUnsafeJson(root: unknown): InputIssue[] {
  const issues: InputIssue[] = [];
  const places: Place[] = [];
  const visit = (value: unknown, key: string | number, parent: Place | undefined) => {
    if (typeof value === 'object' && value !== null) places.push({ value, key, parent });
    else if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER)
      issues.push(numberIssue(value, key, parent));
  };
  visit(root, '', undefined);
  for (const place of places) {
    if (issues.length >= maxIssues) break;
    if (Array.isArray(place.value))
      for (const [index, item] of place.value.entries()) visit(item, index, place);
    else visitProperties(place, visit, issues);
  }
  return issues.slice(0, maxIssues);
}

function visitProperties(
  place: Place,
  visit: (value: unknown, key: string, parent: Place) => void,
  issues: InputIssue[],
): void {
  const entries: [string, unknown][] = Object.entries(place.value);
  for (const [key, value] of entries) {
    if (isForbiddenKey(key)) issues.push(keyIssue(pathTo(key, place)));
    visit(value, key, place);
  }
}

/** Issue of a forbidden key. */
export const keyIssue = (path: readonly (string | number)[]): InputIssue => ({
  path,
  message: `The keys ${[...forbiddenKeys].join(', ')} are not accepted.`,
  code: 'invalid_key',
});

/**
 * Issue of an unsafe number. Uses the codes of validators, because a schema with bounds would
 * reject it too.
 */
const numberIssue = (
  value: number,
  key: string | number,
  parent: Place | undefined,
): InputIssue => ({
  path: parent === undefined ? [] : pathTo(key, parent),
  message: 'Numbers must lie between -(2^53 - 1) and 2^53 - 1: send others as text.',
  code: value > 0 ? 'too_big' : 'too_small',
});

function pathTo(key: string | number, parent: Place): (string | number)[] {
  const path = [key];
  for (let place = parent; place.parent !== undefined; place = place.parent) path.push(place.key);
  return path.reverse().slice(0, maxLevels);
}
