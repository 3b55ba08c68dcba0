import { isCommonPassword } from './common-passwords.js';

/** Limits in Unicode code points, as NIST SP 800-63B counts. */
export const passwordLength = { min: 12, max: 128 } as const;

export interface PasswordFault {
  code: 'too_short' | 'too_long' | 'too_common' | 'too_guessable';
  /** Says what to do. Never contains the password. */
  message: string;
}

export interface PasswordContext {
  productName: string;
  /** Email address of the account. */
  email?: string | undefined;
}

/** Minimum number of characters that remain after removing known words and punctuation. */
const minRemainder = 8;

/**
 * True if the password is little more than the product's name or the email address (ASVS 5.0,
 * 6.2.11).
 */
function isGuessable(password: string, { productName, email }: PasswordContext): boolean {
  const text = password.normalize('NFKC').toLowerCase();
  const [account = '', domain = ''] = email?.toLowerCase().split('@') ?? [];
  const words = [email, account, domain, productName]
    .map((word) => word?.toLowerCase() ?? '')
    .filter((word) => word.length >= 4);
  return words.some((word) => {
    if (!text.includes(word)) return false;
    const remainder = text.replaceAll(word, '').replace(/[\p{P}\p{Z}]/gu, '');
    return remainder.length < minRemainder || isCommonPassword(remainder);
  });
}

/**
 * Checks a new password: 12 to 128 code points, not common, not derived from the product's name or
 * the account's address. Does not require kinds of characters. Cheap: call it before hashing.
 */
export function checkPassword(password: string, context: PasswordContext): PasswordFault[] {
  const { min, max } = passwordLength;
  const length = Array.from(password).length;
  if (length < min) return [{ code: 'too_short', message: `Use at least ${min} characters` }];
  if (length > max) return [{ code: 'too_long', message: `Use at most ${max} characters` }];
  if (isCommonPassword(password)) {
    return [
      {
        code: 'too_common',
        message: 'This password is one of the most common or close to one: choose another',
      },
    ];
  }
  if (isGuessable(password, context)) {
    return [
      {
        code: 'too_guessable',
        message: `Do not build the password from the name ${context.productName} or from your address`,
      },
    ];
  }
  return [];
}
