import { expect, it } from 'vitest';
import { describeError } from './logger.js';

it('an error is logged with its cause, and without what drivers hang on it', () => {
  const cause = Object.assign(new Error('connection lost'), { code: '57P01', client: { secretKey: 'canary' } });
  const described = describeError(new Error('failed', { cause }));
  expect(described).toMatchObject({ type: 'Error', message: 'failed', cause: { message: 'connection lost', code: '57P01' } });
  expect(JSON.stringify(described)).not.toContain('canary');
});
