import { type AppError, conflict, unavailable } from '@synap/contracts';
import { TRPCError } from '@trpc/server';
import { expect, test } from 'vitest';
import { readProblemSource, toTRPCError } from './errors.js';

const headersOf = (error: AppError) => readProblemSource(toTRPCError(error))?.headers;

test('unavailable errors have a retry time, even by default', () => {
  expect(headersOf(unavailable('x'))).toEqual({ 'retry-after': '5' });
  expect(headersOf(unavailable('x', 0.2))).toEqual({ 'retry-after': '1' });
  expect(headersOf(unavailable('x', 30))).toEqual({ 'retry-after': '30' });
});

test('other errors have no retry time', () => {
  expect(headersOf(conflict('x'))).toBeUndefined();
  expect(readProblemSource(new TRPCError({ code: 'CONFLICT' }))).toBeUndefined();
});
