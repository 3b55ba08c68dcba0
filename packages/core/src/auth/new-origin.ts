import { BlockList, isIPv6 } from 'node:net';
import { plainAddress } from '@synap/contracts';
import type { SessionOrigin } from './sessions.repository.js';

/** Bits of the network that a provider gives to one IPv6 customer. */
const customerBits = 56;

function sameNetwork(a: string, b: string): boolean {
  // A zone is this machine's own affair.
  const [one, other] = [a, b].map((address) => plainAddress(address).split('%')[0] ?? '');
  if (one === other) return true;
  if (!one || !other || !isIPv6(one) || !isIPv6(other)) return false;
  const network = new BlockList();
  network.addSubnet(one, customerBits, 'ipv6');
  return network.check(other, 'ipv6');
}

/**
 * Whether someone who signed in before now does so from where, or by what, they did not of late.
 * Never so at the very first sign-in.
 */
export const isNewOrigin = (origins: readonly SessionOrigin[], address: string): boolean =>
  origins.length > 0 &&
  !origins.some((origin) => origin.alike && sameNetwork(origin.address, address));
