import { isCommonPassword } from './common-passwords.js';
import { isExampleSecret } from './secrets.js';

/** Names that installations of ours and of PostgreSQL use by default, and so as passwords. */
const ownNames = ['synap', 'postgres', 'postgresql', 'redis'];

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Does the address of a service (`postgresql://user:password@host/name`) hold a password that an
 * attacker tries first: a common one, one of examples, or the name of the user, the database or the
 * product? False where it holds none: a certificate or the socket may vouch.
 */
export function hasKnownPassword(address: string): boolean {
  const { username, password, pathname, searchParams } = new URL(address);
  const names = [...ownNames, decoded(username), decoded(pathname.slice(1))].map((name) =>
    name.toLowerCase(),
  );
  return [decoded(password), searchParams.get('password') ?? ''].some(
    (text) =>
      text !== '' &&
      (names.includes(text.toLowerCase()) || isCommonPassword(text) || isExampleSecret(text)),
  );
}
