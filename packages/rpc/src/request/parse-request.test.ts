import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { readTarget } from './parse-request.js';

function read(url: string, base: string) {
  const req = new IncomingMessage(new Socket());
  req.url = url;
  return readTarget(req, base);
}

test.each<[string, string, string | undefined]>([
  ['/trpc/a.b?x=1', '/trpc', 'a.b|x=1'],
  ['/trpc/a.b/', '/trpc', 'a.b|'],
  ['/trpc', '/trpc', '|'],
  ['/trpc/', '/trpc', '|'],
  ['/trpc?batch=1', '/trpc', '|batch=1'],
  ['/trpc/a#b?c', '/trpc', 'a|'],
  ['/trpc/a?b#c', '/trpc', 'a|b'],
  ['http://host/trpc/a?b', '/trpc', 'a|b'],
  ['/a.b', '', 'a.b|'],
  ['/api/rpc/a', '/api/rpc', 'a|'],
  ['/trpcs/a', '/trpc', undefined],
  ['/TRPC/a', '/trpc', undefined],
  ['/other?/trpc/a', '/trpc', undefined],
  ['*', '/trpc', undefined],
])('%s below "%s" is %s', (url, base, wanted) => {
  const target = read(url, base);
  expect(target && `${target.path}|${target.search}`).toBe(wanted);
});
