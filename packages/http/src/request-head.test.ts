import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { bearerToken } from './bearer-token.js';
import { readRequestId } from './request-id.js';

describe('the request id', () => {
  const idOf = (id?: string) => {
    const req = new IncomingMessage(new Socket());
    if (id !== undefined) req.headers['x-request-id'] = id;
    return readRequestId(req);
  };

  it('is taken from the client if it is well-formed', () => {
    expect(idOf('a-B_1.2')).toBe('a-B_1.2');
    expect(idOf('x'.repeat(128))).toHaveLength(128);
  });

  it.each([undefined, '', 'a b', 'a\n', 'x'.repeat(129)])('is generated instead of %s', (id) => {
    expect(idOf(id)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });
});

describe('the bearer token', () => {
  it.each([
    ['Bearer a.b-c', 'a.b-c'],
    ['bearer   a', 'a'],
    ['Bearer a b', undefined],
    ['Bearer ', undefined],
    ['Basic a', undefined],
    [undefined, undefined],
  ])('of %s is %s', (header, token) => {
    expect(bearerToken(header)).toBe(token);
  });
});
