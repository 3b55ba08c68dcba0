import { BlockList, isIPv6 } from 'node:net';
import type { SessionOrigin } from './sessions.repository.js';

/** Bits of the network that a provider gives to one IPv6 customer. */
const customerBits = 56;

function sameNetwork(a: string, b: string): boolean {
  if (a === b) return true;
  // A mapped IPv4 address is one client's; a zone is this machine's own affair.
  const [one, other] = [a, b].map((address) => address.split('%')[0] ?? '');
  if (!one || !other || [one, other].some((address) => !isIPv6(address) || address.toLowerCase().startsWith('::ffff:')))
    return false;
  const network = new BlockList();
  network.addSubnet(one, customerBits, 'ipv6');
  return network.check(other, 'ipv6');
}

/** Whether someone who signed in before now does so from where, or by what, they did not of late. Never so at the very first sign-in. */
export const isNewOrigin = (origins: readonly SessionOrigin[], address: string): boolean =>
  origins.length > 0 && !origins.some((origin) => origin.alike && sameNetwork(origin.address, address));
