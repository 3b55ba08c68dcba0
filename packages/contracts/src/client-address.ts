/**
 * Matches an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2), its last 32 bits in decimal or
 * hexadecimal.
 */
const mapped =
  /^(?:0{0,4}:){2,6}ffff:(?:((?:\d{1,3}\.){3}\d{1,3})|([\da-f]{1,4}):([\da-f]{1,4}))$/i;

/**
 * Normalises a network address for display, storage and counting: converts IPv4-mapped addresses to
 * IPv4.
 */
export function plainAddress(address: string): string {
  const [, decimal, high, low] = mapped.exec(address) ?? [];
  if (decimal !== undefined) return decimal;
  if (high === undefined || low === undefined) return address;
  return [high, low]
    .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255])
    .join('.');
}
