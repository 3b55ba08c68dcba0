import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import {
  authorityOf,
  type IncomingRequest,
  originForm,
  pathBelow,
  splitTarget,
} from './request-target.js';

it.each([
  ['/a?b=c', '/a?b=c', undefined],
  ['//a/b', '//a/b', undefined],
  ['/a?b=http://c/d', '/a?b=http://c/d', undefined],
  ['/a#b?c', '/a', undefined],
  ['http://host/a?b', '/a?b', 'host'],
  ['HTTPS://Host:8443/a', '/a', 'Host:8443'],
  ['http://[::1]:80/a', '/a', '[::1]:80'],
  ['http://host', '/', 'host'],
  ['http://host?a=/b', '/?a=/b', 'host'],
  ['http://host#a', '/', 'host'],
  ['http:///a', undefined, undefined],
  ['http://user@host/a', undefined, undefined],
  ['ftp://host/a', undefined, undefined],
  ['host:443', undefined, undefined],
  ['*', undefined, undefined],
  ['a', undefined, undefined],
  ['', undefined, undefined],
])('the target %s has the path %s and the authority %s', (target, path, authority) => {
  expect([originForm(target), authorityOf(target)]).toEqual([path, authority]);
});

const requestOf = (url: string, originalUrl?: string): IncomingRequest =>
  Object.assign(new IncomingMessage(new Socket()), { url, originalUrl });

it.each([
  ['/a/b?x=1?y', '/a/b', 'x=1?y'],
  ['/a#b?c', '/a', ''],
  ['/a?b#c', '/a', 'b'],
  ['http://host/a?b', '/a', 'b'],
  ['/a?', '/a', ''],
  ['*', '/', ''],
])('the target %s is split into %s and %s', (url, path, search) => {
  expect(splitTarget(requestOf(url))).toEqual({ path, search });
});

it('is read from the URL before Express removed a mount path', () => {
  expect(splitTarget(requestOf('/b', '/a/b')).path).toBe('/a/b');
});

it.each([
  ['/api', '/api', ''],
  ['/api', '/api/', '/'],
  ['/api', '/api/a', '/a'],
  ['', '/a', '/a'],
  ['/api', '/apis', undefined],
  ['/api', '/API', undefined],
  ['/api', '/', undefined],
])('below "%s", the path %s is %s', (base, path, below) => {
  expect(pathBelow(base, path)).toBe(below);
});
