/**
 * Formats a date as `Deprecation` header (RFC 9745 §2.1): seconds since 1970 as a structured date.
 * @throws Error if it is not an ISO 8601 date.
 */
export function deprecationDate(iso: string): string {
  const milliseconds = Date.parse(iso);
  if (Number.isNaN(milliseconds)) throw new Error(`"${iso}" is not a date: use an ISO 8601 date.`);
  return `@${Math.floor(milliseconds / 1000)}`;
}
