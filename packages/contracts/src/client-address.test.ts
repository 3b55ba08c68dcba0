import { expect, it } from 'vitest';
import { plainAddress } from './client-address.js';

it.each([
  ['::ffff:1.2.3.4', '1.2.3.4'],
  ['::FFFF:1.2.3.4', '1.2.3.4'],
  ['::ffff:102:304', '1.2.3.4'],
  ['::ffff:c0a8:ff', '192.168.0.255'],
  ['0:0:0:0:0:ffff:102:304', '1.2.3.4'],
  ['0000:0000:0000:0000:0000:ffff:0102:0304', '1.2.3.4'],
  ['0::ffff:1.2.3.4', '1.2.3.4'],
])('%s is %s', (given, plain) => expect(plainAddress(given)).toBe(plain));

it.each([
  '1.2.3.4',
  '::1',
  '2001:db8::ffff:102:304',
  '64:ff9b::1.2.3.4',
  '::1.2.3.4',
  'fe80::1%eth0',
  '',
  'unix:',
  '::ffff:102:304:5',
  'x::ffff:1.2.3.4',
])('%s stays', (address) => expect(plainAddress(address)).toBe(address));
