import { expect, it } from 'vitest';
import { authorityOf, originForm } from './request-target.js';

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
