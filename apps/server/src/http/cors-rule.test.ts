import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import cors from 'cors';
import { expect, it } from 'vitest';
import { createOriginRule } from './cors-rule.js';
import { compose } from './middleware.js';

function ruleOf(environment: 'local' | 'production', corsOrigins: string[] = []) {
  const logged: unknown[] = [];
  const rule = createOriginRule(
    { environment, corsOrigins, publicUrl: 'https://synap.example.org/below' },
    { warn: (fields: unknown) => void logged.push(fields) },
  );
  const allows = (origin: string | undefined) => {
    let decision: unknown;
    rule(origin, (_error, allowed) => {
      decision = origin !== undefined && allowed.includes(origin);
    });
    return decision;
  };
  return { allows, logged };
}

it.each([
  'http://localhost:5173',
  'http://localhost',
  'https://127.0.0.1:65535',
  'http://[::1]:3001',
])('lets %s in, in `local` alone', (origin) => {
  expect(ruleOf('local').allows(origin)).toBe(true);
  expect(ruleOf('production').allows(origin)).toBe(false);
});

it.each([
  'http://localhost.example.org',
  'http://localhost:5173/',
  'http://evil-localhost',
  'null',
  'http://127.0.0.10',
])('refuses %s', (origin) => {
  expect(ruleOf('local').allows(origin)).toBe(false);
});

it('lets configured origins in, and the pages of the service itself', () => {
  expect(ruleOf('production').allows('https://synap.example.org')).toBe(true);
  expect(ruleOf('production', ['https://app.example.org']).allows('https://app.example.org')).toBe(
    true,
  );
});

it('logs a refused origin once, and no more than a hundred', () => {
  const { allows, logged } = ruleOf('production');
  allows('https://a.example');
  allows('https://a.example');
  allows(undefined);
  expect(logged).toEqual([{ origin: 'https://a.example' }]);
  for (let index = 0; index < 200; index += 1) allows(`https://${index}.example`);
  expect(logged).toHaveLength(100);
});

it.each([undefined, 'https://stranger.example'])('goes on with a request from %s', (origin) => {
  const req = new IncomingMessage(new Socket());
  if (origin !== undefined) req.headers.origin = origin;
  const rule = createOriginRule(
    { environment: 'production', corsOrigins: [], publicUrl: undefined },
    { warn: () => undefined },
  );
  const ends: unknown[] = [];
  compose(cors({ origin: rule }))(req, new ServerResponse(req), (error) => void ends.push(error));
  expect(ends).toEqual([undefined]);
});
