import { randomBytes } from 'node:crypto';
import { parseSigningKeys } from './signing-keys.js';

/** A faulty secret setting. `message` says what to do and never contains the secret. */
export interface SecretFault {
  name: string;
  message: string;
}

const minBytes = 32;
/** Matches placeholders of examples and tutorials. Random secrets do not match. */
const placeholder =
  /change[-_ ]?(me|this|it)|example|placeholder|replace[-_ ]?(me|this|with)|your[-_ ](own|\d|secret|jwt|key|access|refresh)|insecure|secret[-_ ]?(key|goes)|super[-_ ]?secret|keyboard cat|01234567|abcdefgh/i;
/** Minimum number of different characters. Fewer indicate a repeated text. */
const minDifferentCharacters = 8;

/** Generates a secret for any purpose here: 32 random bytes in base64url. */
export const makeSecret = () => randomBytes(32).toString('base64url');

/** True for a placeholder of an example or a repeated text, at any length. */
export const isExampleSecret = (text: string) =>
  placeholder.test(text) || new Set(text).size < minDifferentCharacters;

function faultsOf(secret: string): string[] {
  const faults: string[] = [];
  const bytes = Buffer.byteLength(secret);
  if (bytes < minBytes) faults.push(`has ${bytes} bytes and needs at least ${minBytes}`);
  if (isExampleSecret(secret)) faults.push('is a well-known example, not a secret');
  return faults.length === 0
    ? []
    : [`${faults.join(' and ')}: make one with "openssl rand -base64 32"`];
}

/**
 * Validates secret settings by name and returns all errors at once. Rejects empty and short ones
 * (under 32 bytes), known examples, duplicate key names, and a secret used for two purposes.
 * @param examples further known examples, such as those of an example file
 */
export function validateSecrets(
  secrets: Readonly<Record<string, string>>,
  examples: readonly string[] = [],
): SecretFault[] {
  const faults: SecretFault[] = [];
  const purposes = new Map<string, string>();
  for (const [name, value] of Object.entries(secrets)) {
    const keys = parseSigningKeys(value);
    const report = (message: string) => faults.push({ name, message });
    if (keys.length === 0) report('is empty: make one with "openssl rand -base64 32"');
    if (new Set(keys.map(({ kid }) => kid)).size < keys.length)
      report('has two keys of the same name: use different names');
    for (const { secret } of keys) {
      if (examples.includes(secret))
        report('is a well-known example, not a secret: make one with "openssl rand -base64 32"');
      else for (const fault of faultsOf(secret)) report(fault);
      const other = purposes.get(secret);
      if (other !== undefined && other !== name)
        report(`is the same as ${other}: use a secret for one purpose only`);
      purposes.set(secret, name);
    }
  }
  return faults;
}
