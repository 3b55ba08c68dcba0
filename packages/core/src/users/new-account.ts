import { badRequest } from '@synap/contracts';
import { checkPassword, type PasswordContext } from '@synap/security';

/** Throws `bad_request` with all that is wrong with a new password. */
export function assertPasswordPolicy(
  password: string,
  context: PasswordContext,
  pointer = '/password',
): void {
  const faults = checkPassword(password, context);
  if (faults.length === 0) return;
  throw badRequest(
    'The password cannot be used',
    faults.map((fault) => ({ pointer, ...fault })),
  );
}

/** For one who must choose another password: the one that somebody else knows is none. */
export const samePassword = () =>
  badRequest('The new password is the old one: choose another', [
    { pointer: '/newPassword', message: 'Must differ from the old password', code: 'unchanged' },
  ]);

/** What a person is called until they say otherwise. */
export const defaultNameFromEmail = (email: string) => email.slice(0, email.lastIndexOf('@'));
