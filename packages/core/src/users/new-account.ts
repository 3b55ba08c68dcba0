import { badRequest } from '@synap/contracts';
import { checkPassword, type PasswordContext } from '@synap/security';

/** Throws `bad_request` with every policy violation of a new password. */
export function assertPasswordPolicy(
  password: string,
  context: PasswordContext,
  pointer = '/password',
): void {
  const issues = checkPassword(password, context);
  if (issues.length === 0) return;
  throw badRequest(
    'The password does not meet the policy',
    issues.map((issue) => ({ pointer, ...issue })),
  );
}

/** Error if a forced password change repeats the old password, which someone else knows. */
export const samePassword = () =>
  badRequest('The new password equals the old one: choose another', [
    { pointer: '/newPassword', message: 'Must differ from the old password', code: 'unchanged' },
  ]);

/** Default display name: the local part of the address. */
export const defaultNameFromEmail = (email: string) => email.slice(0, email.lastIndexOf('@'));
