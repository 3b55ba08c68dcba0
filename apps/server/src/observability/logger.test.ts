import { expect, it } from 'vitest';
import { describeError } from './logger.js';

it('an error is logged with its cause, and without what drivers hang on it', () => {
  const cause = Object.assign(new Error('connection lost'), {
    code: '57P01',
    client: { secretKey: 'canary' },
  });
  const described = describeError(new Error('failed', { cause }));
  expect(described).toMatchObject({
    type: 'Error',
    message: 'failed',
    cause: { message: 'connection lost', code: '57P01' },
  });
  expect(JSON.stringify(described)).not.toContain('canary');
});

it('what an error quotes of secrets is not logged: in its text, its stack and its cause', () => {
  const cause = new Error('cannot reach postgresql://app:canary@db/data');
  const described = JSON.stringify(
    describeError(new Error('refused: "password":"canary", Bearer canary', { cause })),
  );
  expect(described).not.toContain('canary');
  expect(described).toContain('logger.test.ts');
  expect(JSON.stringify(describeError('token=canary'))).not.toContain('canary');
});

it('describes any thrown value', () => {
  const endless = new Error('endless');
  endless.cause = endless;
  expect(JSON.stringify(describeError(endless)).length).toBeLessThan(20_000);
  for (const thrown of [
    undefined,
    null,
    7,
    Symbol('s'),
    Object.create(null),
    { password: 'canary' },
    () => 'canary',
  ]) {
    expect(JSON.stringify(describeError(thrown))).not.toContain('canary');
  }
});
