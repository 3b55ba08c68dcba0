import { z } from 'zod';
import { withAsciiDomain } from './mail-domain.js';

/**
 * Like zod's pattern, but also accepts a domain without a dot, such as `localhost`; see
 * `hasLocalDomain`.
 */
const addressPattern =
  /^(?:[A-Za-z0-9_'+-]+\.)*[A-Za-z0-9_'+-]*[A-Za-z0-9_+-]@(?:(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}|[A-Za-z][A-Za-z0-9-]*)$/;

/**
 * Normalises to lower case and an ASCII domain (IDNA): two spellings of one address must not become
 * two accounts.
 */
export const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .overwrite(withAsciiDomain)
  .max(254)
  .meta({ format: 'email' })
  .pipe(z.email({ pattern: addressPattern }));

/** True if the domain has no dot: only the local machine delivers such mail. */
export const hasLocalDomain = (address: string): boolean =>
  !address.slice(address.lastIndexOf('@') + 1).includes('.');

/** Returns the names of the input fields that take a mail address. */
export function addressFieldsOf(input: z.ZodType | undefined): string[] {
  if (!(input instanceof z.ZodObject)) return [];
  const fields: [string, unknown][] = Object.entries(input.shape);
  return fields.flatMap(([name, field]) => (takesAddress(field) ? [name] : []));
}

const takesAddress = (field: unknown): boolean =>
  field === emailSchema || (field instanceof z.ZodOptional && takesAddress(field.unwrap()));
