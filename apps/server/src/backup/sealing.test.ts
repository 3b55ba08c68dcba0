import { macText } from '@synap/db';
import { expect, it } from 'vitest';
import { createSecretsReader, sealSecrets } from './sealing.js';

const secrets = { access: 'a', refresh: 'b', encryption: 'c' };
const passphrase = 'a passphrase for backups';
const id = '018f6f2e-0000-7000-8000-000000000000';
const contents = { 'tables/users': { bytes: 1, sha256: 'x', rows: 1 } };

async function sealed() {
  const { parameters, seal, mac } = await sealSecrets(passphrase, secrets);
  const manifest = {
    format: 'synap-backup',
    version: { major: 1, minor: 0 },
    kinds: {},
    id,
    createdAt: '2026-01-01T00:00:00.000Z',
    product: '1.0.0',
    postgres: '18',
    installation: 'a',
    migrations: ['1'],
    tables: [],
    sealing: parameters,
  } as const;
  return {
    manifest: { ...manifest, migrations: ['1'], tables: [] },
    content: Buffer.from(seal(id)),
    mac: mac(macText(contents)),
  };
}

it('opens what the same passphrase sealed, and nothing without one', async () => {
  const { manifest, content, mac } = await sealed();
  const reader = createSecretsReader(passphrase);
  await reader.visitor.secrets(content, manifest);
  await reader.visitor.checksums({ contents, mac });
  expect(reader.secrets()).toEqual(secrets);
  expect(content.includes('"access"')).toBe(false);
  const without = createSecretsReader(undefined);
  await without.visitor.secrets(content, manifest);
  await without.visitor.checksums({ contents, mac });
  expect(without.secrets()).toBeNull();
});

it('refuses another passphrase, the secrets of another archive, and checksums with a wrong MAC', async () => {
  const { manifest, content, mac } = await sealed();
  await expect(
    createSecretsReader(`${passphrase}.`).visitor.secrets(content, manifest),
  ).rejects.toThrow('passphrase is wrong');
  const other = { ...manifest, id: '018f6f2e-0000-7000-8000-000000000001' };
  await expect(createSecretsReader(passphrase).visitor.secrets(content, other)).rejects.toThrow(
    'passphrase is wrong',
  );
  const reader = createSecretsReader(passphrase);
  await reader.visitor.secrets(content, manifest);
  const forged = { 'tables/users': { bytes: 1, sha256: 'y', rows: 1 } };
  expect(() => reader.visitor.checksums({ contents: forged, mac })).toThrow('altered');
  expect(() => reader.visitor.checksums({ contents, mac: null })).toThrow('altered');
  // Without the sealed secrets there is no proof of the rest.
  expect(() => createSecretsReader(passphrase).visitor.checksums({ contents, mac: null })).toThrow(
    'holds no secrets',
  );
  expect(() =>
    createSecretsReader(passphrase).assertSealed({ ...manifest, sealing: null }),
  ).toThrow('holds no secrets');
});
