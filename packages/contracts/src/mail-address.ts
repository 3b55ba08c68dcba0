import { z } from 'zod';
import { withAsciiDomain } from './mail-domain.js';

/**
 * As zod's own, but the domain may be one name without a dot, such as `localhost`; `hasLocalDomain`
 * tells these apart.
 */
const addressPattern =
  /^(?:[A-Za-z0-9_'+-]+\.)*[A-Za-z0-9_'+-]*[A-Za-z0-9_+-]@(?:(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}|[A-Za-z][A-Za-z0-9-]*)$/;

/**
 * In lower case, its domain in ASCII (IDNA): two ways to write one address must not pass for two
 * accounts.
 */
export const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .overwrite(withAsciiDomain)
  .max(254)
  .meta({ format: 'email' })
  .pipe(z.email({ pattern: addressPattern }));

/**
 * True if the domain of an address is one name without a dot: only a machine's own mail reaches it.
 */
export const hasLocalDomain = (address: string): boolean =>
  !address.slice(address.lastIndexOf('@') + 1).includes('.');

/** Names of the fields of an endpoint's input that take a mail address. */
export function addressFieldsOf(input: z.ZodType | undefined): string[] {
  if (!(input instanceof z.ZodObject)) return [];
  const fields: [string, unknown][] = Object.entries(input.shape);
  return fields.flatMap(([name, field]) => (takesAddress(field) ? [name] : []));
}

const takesAddress = (field: unknown): boolean =>
  field === emailSchema || (field instanceof z.ZodOptional && takesAddress(field.unwrap()));
