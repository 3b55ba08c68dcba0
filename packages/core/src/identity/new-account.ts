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

/** Default display name: the local part of the address. */
export const defaultNameFromEmail = (email: string) => email.slice(0, email.lastIndexOf('@'));
