import { expect, test } from 'vitest';
import { parseWrk } from './parse-wrk.js';

const summary = {
  requests: 2000,
  micros: 1_000_000,
  p50: 1500,
  p99: 12_250,
  failures: { connect: 0, read: 0, write: 0, timeout: 0, status: 0 },
};
const outputOf = (line: object) => `Running 1s test @ http://127.0.0.1:1
  1 threads and 16 connections
Requests/sec:   2000.00
${JSON.stringify(line)}
`;

test('the summary has seconds and milliseconds', () => {
  expect(parseWrk('raw', outputOf(summary))).toEqual({
    requests: 2000,
    seconds: 1,
    p50: 1.5,
    p99: 12.25,
  });
});

test.each([
  ['a wrong status', { ...summary, failures: { status: 3, read: 0 } }, 'raw: 3 × status'],
  ['a timeout', { ...summary, failures: { timeout: 1, read: 2 } }, 'raw: 1 × timeout, 2 × read'],
  ['no response', { ...summary, requests: 0 }, 'raw: no request completed'],
])('%s ends the run', (_, line, message) => {
  expect(() => parseWrk('raw', outputOf(line))).toThrow(message);
});

test('a report without summary ends the run, and shows the report', () => {
  expect(() => parseWrk('raw', 'unable to connect')).toThrow('unable to connect');
});
