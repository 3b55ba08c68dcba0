import { badRequest } from '@synap/contracts';
import { checkPassword, type PasswordContext } from '@synap/security';

/** Throws `bad_request` with all that is wrong with a new password. */
export function demandGoodPassword(password: string, context: PasswordContext, pointer = '/password'): void {
  const faults = checkPassword(password, context);
  if (faults.length === 0) return;
  throw badRequest(
    'The password cannot be used',
    faults.map((fault) => ({ pointer, ...fault })),
  );
}

/** What a person is called until they say otherwise. */
export const nameFrom = (email: string) => email.slice(0, email.lastIndexOf('@'));
