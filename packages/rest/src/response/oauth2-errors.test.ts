import { expect, test } from 'vitest';
import { oauth2 } from './oauth2-errors.js';

const problem = {
  type: 'about:blank',
  title: 'Title',
  detail: 'The input is not valid.',
  code: 'bad_request',
};
const issue = (pointer: string, code = 'invalid_type') => ({ pointer, message: 'Wrong', code });

test.each([
  ['invalid_request', { status: 400, errors: [issue('/username')] }],
  ['invalid_request', { status: 400, errors: [issue('/scope'), issue('/username')] }],
  ['invalid_scope', { status: 400, errors: [issue('/scope')] }],
  ['unsupported_grant_type', { status: 400, errors: [issue('/username'), issue('/grant_type')] }],
  ['unsupported_grant_type', { status: 400, errors: [issue('/x', 'unsupported_grant_type')] }],
  ['invalid_request', { status: 400, errors: [issue('/grant_type', 'repeated')] }],
  ['invalid_request', { status: 400, errors: [issue('/scope', 'repeated')] }],
  ['invalid_client', { status: 400, code: 'invalid_client' }],
  ['invalid_grant', { status: 401 }],
  ['invalid_grant', { status: 403 }],
  ['invalid_request', { status: 413 }],
])('%s is the error of %o', (error, changes) => {
  expect(oauth2.write({ ...problem, ...changes })).toMatchObject({ error });
});

test('a wrong password is 400, HTTP errors keep their status, rate limits and server errors stay problems', () => {
  const statuses = [400, 401, 403, 404, 409, 405, 408, 413, 415, 429, 500, 503];
  const own = [400, 400, 400, 400, 400, 405, 408, 413, 415, undefined, undefined, undefined];
  expect(statuses.map(oauth2.statusOf)).toEqual(own);
});

test('a description is the application’s detail or the issues, in the characters that the standard allows', () => {
  const said = {
    ...problem,
    status: 400,
    detail: 'Use "this" … or \\ that – Größe',
    errors: [issue('/x')],
  };
  expect(oauth2.write(said)).toMatchObject({
    error_description: "Use 'this' ... or ' that ? Gr??e",
  });
  const issues = { ...problem, status: 400, errors: [issue('/username'), issue('/password')] };
  expect(oauth2.write(issues)).toMatchObject({
    error_description: 'username: Wrong; password: Wrong',
  });
});
