import { badRequest, conflict, invalidToken } from '@synap/contracts';

/** Error if another account has the address. */
export const addressTakenError = () => conflict('An account with this address already exists');

/** Error if the account of a cached identity was removed meanwhile. */
export const accountGoneError = () => invalidToken('This account no longer exists');

/** Error if the password changed between its check and the commit. */
export const passwordChangedError = () =>
  conflict('The password was changed by another request: sign in again');

/** Error if a forced password change repeats the old password, which someone else knows. */
export const samePasswordError = () =>
  badRequest('The new password equals the old one: choose another', [
    { pointer: '/newPassword', message: 'Must differ from the old password', code: 'unchanged' },
  ]);

/** Error for an invalid, used or expired link. */
export const invalidLinkError = (advice: string) =>
  badRequest(`This link is invalid, used or expired: ${advice}`, [
    { pointer: '/token', message: 'Invalid, used or expired', code: 'invalid_token' },
  ]);
