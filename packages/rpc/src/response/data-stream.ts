import { isRecord } from '@synap/http';

const isPromise = (value: unknown): boolean =>
  (isRecord(value) || typeof value === 'function') &&
  'then' in value &&
  typeof value.then === 'function' &&
  'catch' in value &&
  typeof value.catch === 'function';

const isAsyncIterable = (value: unknown): boolean =>
  isRecord(value) && Symbol.asyncIterator in value;

/** True if an output must be streamed: it is an async iterable, or contains one or a promise. */
export function isDataStream(output: unknown): boolean {
  if (!isRecord(output)) return false;
  if (Symbol.asyncIterator in output) return true;
  for (const value of Object.values(output))
    if (isPromise(value) || isAsyncIterable(value)) return true;
  return false;
}
