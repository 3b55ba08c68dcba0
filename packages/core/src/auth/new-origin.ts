import { BlockList, isIPv6 } from 'node:net';
import { plainAddress } from '@synap/contracts';
import type { SessionOrigin } from '../identity/sessions.repository.js';

/** Prefix length of the network that a provider assigns to one IPv6 customer. */
const customerBits = 56;

function sameNetwork(a: string, b: string): boolean {
  // Ignore the IPv6 zone, which is local to this machine.
  const [one, other] = [a, b].map((address) => plainAddress(address).split('%')[0] ?? '');
  if (one === other) return true;
  if (!one || !other || !isIPv6(one) || !isIPv6(other)) return false;
  const network = new BlockList();
  network.addSubnet(one, customerBits, 'ipv6');
  return network.check(other, 'ipv6');
}

/**
 * True if this network or device was not used in recent sign-ins. Always false for the first
 * sign-in.
 */
export const isNewOrigin = (origins: readonly SessionOrigin[], address: string): boolean =>
  origins.length > 0 &&
  !origins.some((origin) => origin.alike && sameNetwork(origin.address, address));
