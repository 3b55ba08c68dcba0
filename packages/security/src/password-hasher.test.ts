import * as argon2 from '@node-rs/argon2';
import * as bcrypt from '@node-rs/bcrypt';
import { expect, test } from 'vitest';
import { createPasswordHasher, unusableHash } from './password-hasher.js';
import { HasherBusy } from './semaphore.js';

const hasher = createPasswordHasher();
const password = 'correct horse battery staple';

test('a password verifies against its hash and no other does', async () => {
  const hash = await hasher.hash(password);
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await hasher.verify(hash, password)).toEqual({ ok: true, needsRehash: false });
  expect(await hasher.verify(hash, `${password} `)).toEqual({ ok: false, needsRehash: false });
});

test('two hashes of one password differ', async () => {
  expect(await hasher.hash(password)).not.toBe(await hasher.hash(password));
});

test('with the salt of another hash the result is equal if the password is, and only then', async () => {
  const hash = await hasher.hash(password);
  expect(await hasher.hash(password, hash)).toBe(hash);
  expect(await hasher.hash(`${password} `, hash)).not.toBe(hash);
  for (const other of [
    unusableHash(),
    await bcrypt.hash(password, { cost: 4 }),
    'plain text',
    '',
  ]) {
    const made = await hasher.hash(password, other);
    expect(made).not.toBe(other);
    expect(await hasher.verify(made, password)).toEqual({ ok: true, needsRehash: false });
  }
});

test('the same characters in another composition are the same password, compatible ones are not', async () => {
  const hash = await hasher.hash('ma\u00f1ana ma\u00f1ana \u00b2');
  expect((await hasher.verify(hash, 'man\u0303ana man\u0303ana \u00b2')).ok).toBe(true);
  expect((await hasher.verify(hash, 'ma\u00f1ana ma\u00f1ana 2')).ok).toBe(false);
});

test('a password of the greatest length counts to its last character', async () => {
  const long = 'é'.repeat(127);
  const hash = await hasher.hash(`${long}a`);
  expect((await hasher.verify(hash, `${long}b`)).ok).toBe(false);
});

test.each(['2a', '2b', '2y'] as const)(
  'a bcrypt hash ($%s) verifies and is due for an upgrade',
  async (version) => {
    const hash = await bcrypt.hash(password, { cost: 4, version });
    expect(await hasher.verify(hash, password)).toEqual({ ok: true, needsRehash: true });
    expect(await hasher.verify(hash, 'something else')).toEqual({ ok: false, needsRehash: false });
  },
);

test('an argon2 hash with other parameters verifies and is due for an upgrade', async () => {
  const hash = await argon2.hash(password, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
  expect(await hasher.verify(hash, password)).toEqual({ ok: true, needsRehash: true });
});

test.each(['', '!', 'plain text', '$5$rounds=5000$salt$digest'])(
  'nothing matches the hash "%s"',
  async (hash) => {
    expect(await hasher.verify(hash, hash)).toEqual({ ok: false, needsRehash: false });
  },
);

test('checking an account that does not exist computes the same function with the same parameters', async () => {
  const shapeOf = (hash: string) =>
    hash.split('$').map((part, index) => (index < 4 ? part : part.length));
  expect(shapeOf(unusableHash())).toEqual(shapeOf(await hasher.hash(password)));
  expect(await hasher.verify(unusableHash(), password)).toEqual({ ok: false, needsRehash: false });
});

test('a flood is turned away beyond two at work and 32 waiting', async () => {
  // On a busy machine, the last ones wait longer than the default limit.
  const patient = createPasswordHasher({ waitMs: 60_000 });
  const results = await Promise.allSettled(
    Array.from({ length: 40 }, () => patient.verifyDummy(password)),
  );
  const refused = results.filter((result) => result.status === 'rejected');
  expect(refused).toHaveLength(6);
  expect(refused.every(({ reason }) => reason instanceof HasherBusy)).toBe(true);
});
