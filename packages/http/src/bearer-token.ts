/** Reads the token of an `Authorization` header, RFC 6750 §2.1. Undefined for other schemes. */
export const bearerToken = (header: string | undefined): string | undefined =>
  header === undefined ? undefined : /^Bearer +(\S+)$/i.exec(header)?.[1];
