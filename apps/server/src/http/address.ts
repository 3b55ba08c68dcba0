import type { IncomingMessage } from 'node:http';
import { plainAddress } from '@synap/contracts';
import ipaddr from 'ipaddr.js';
import proxyaddr from 'proxy-addr';

export type AddressOf = (req: IncomingMessage) => string;

/**
 * Returns the client's address, without the IPv6 prefix of a dual-stack socket. `X-Forwarded-For`
 * counts only as far as trusted proxies wrote it.
 */
export function createAddressOf(trusted: readonly string[]): AddressOf {
  if (trusted.length === 0) return (req) => plainAddress(req.socket.remoteAddress ?? '');
  const trust = proxyaddr.compile([...trusted]);
  return (req) => plainAddress(withoutPort(proxyaddr(req, trust)));
}

/** Some proxies append the client's port; each connection would then count as another client. */
function withoutPort(text: string): string {
  const [, ipv6, ipv4] = /^\[([^\]]+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text) ?? [];
  return ipv6 ?? ipv4 ?? text;
}

export const loopbackHost = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/**
 * Returns the rate-limit key of an address: the IPv4 address, or the /56 that a provider assigns to
 * one IPv6 customer.
 */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const network = parsed.toByteArray().slice(0, 7);
  return `${network.map((byte) => byte.toString(16).padStart(2, '0')).join('')}/56`;
}
