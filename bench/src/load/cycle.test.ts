import { expect, test } from 'vitest';
import { cycle } from './cycle.js';
import { toRequestFile } from './request-file.js';
import type { BenchRequest } from './target.js';

const requests: BenchRequest[] = [
  { method: 'GET', path: '/a', token: 't' },
  { method: 'PUT', path: '/b', body: '{"version":@7+pass@}' },
];

test('each pass through the list states the version that the previous pass left', () => {
  const next = cycle(requests);
  const sent = [next(), next(), next(), next()];
  expect(sent.map(({ path, body }) => [path, body])).toEqual([
    ['/a', undefined],
    ['/b', '{"version":7}'],
    ['/a', undefined],
    ['/b', '{"version":8}'],
  ]);
  expect(sent.slice(0, 2).map(({ headers }) => headers)).toEqual([
    { authorization: 'Bearer t' },
    { 'content-type': 'application/json' },
  ]);
});

test('a file has one request per line, and no field may contain a separator', () => {
  expect(toRequestFile(requests)).toBe('GET\t/a\tt\t\nPUT\t/b\t\t{"version":@7+pass@}\n');
  expect(() => toRequestFile([{ method: 'GET', path: '/a\t' }])).toThrow('tabs or line breaks');
});
