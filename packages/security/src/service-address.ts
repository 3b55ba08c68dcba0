import { isCommonPassword } from './common-passwords.js';
import { isExampleSecret } from './secrets.js';

/** Default names in installations of Synap and PostgreSQL, which are therefore common passwords. */
const ownNames = ['synap', 'postgres', 'postgresql', 'redis'];

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * True if a service address (`postgresql://user:password@host/name`) has a password that attackers
 * try first: a common one, an example, or the name of the user, the database or the product. False
 * without a password, because a certificate or socket may authenticate.
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
