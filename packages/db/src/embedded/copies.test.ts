import { chmodSync, existsSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { query } from '../temporary.test.support.js';
import { embeddedAddress } from './address.js';
import type { EmbeddedPostgres } from './embedded.js';
import { ensureDatabase } from './ensure.js';
import { filled, useInstallations } from './installations.test.support.js';
import { leaseCluster } from './lease.js';
import { isAlive, isPostmasterOf } from './processes.js';

const { at, start, fill, answer, copy } = useInstallations();
const passwordOf = ({ url }: EmbeddedPostgres) => new URL(url).password;

describe('a data folder with its database in it', () => {
  it('keeps its data when it is moved', async () => {
    await fill(at('original'));
    renameSync(at('original'), at('moved'));
    expect(await answer(await start(at('moved')))).toEqual(filled);
  });

  it.each(['-a', '-r'])(
    'has data of its own when it is copied (cp %s), under another password',
    async (flags) => {
      const original = await fill(at('original'));
      copy('original', 'copy', flags);
      const [first, second] = [await start(at('original')), await start(at('copy'))];
      expect(passwordOf(first)).toBe(passwordOf(original));
      expect(passwordOf(second)).not.toBe(passwordOf(first));
      await query(second.url, 'DROP TABLE kept');
      await second.stop();
      expect(await answer(first)).toEqual(filled);
      expect(passwordOf(await start(at('copy')))).toBe(passwordOf(second));
    },
  );

  it('neither joins nor stops the PostgreSQL of its original when it was copied while that ran', async () => {
    const original = await start(at('original'), { durable: true });
    await query(original.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    copy('original', 'copy');
    expect(isPostmasterOf(original.pid, at('copy/postgres/data'))).toBe(false);
    expect(embeddedAddress(at('original'))).toBe(original.url);
    expect(embeddedAddress(at('copy'))).not.toContain(String(original.port));
    const guest = await ensureDatabase({ dataDir: at('copy') });
    expect(new URL(guest.url).port).not.toBe(String(original.port));
    await guest.release();
    const second = await start(at('copy'));
    expect(second.pid).not.toBe(original.pid);
    expect(await answer(second)).toEqual(filled);
    await second.stop();
    expect(isAlive(original.pid)).toBe(true);
    expect(await answer(original)).toEqual(filled);
  });

  it('is started with a mode that PostgreSQL takes, whatever the copy made of it', async () => {
    await fill(at('original'));
    chmodSync(at('original/postgres/data'), 0o755);
    expect(await answer(await start(at('original')))).toEqual(filled);
    expect(statSync(at('original/postgres/data')).mode & 0o777).toBe(0o700);
  });

  it('finishes a change of the password that was interrupted', async () => {
    const before = await fill(at('original'));
    const next = 'n'.repeat(43);
    writeFileSync(at('original/postgres/password.next'), next, { mode: 0o600 });
    const after = await start(at('original'));
    expect(passwordOf(after)).toBe(next);
    expect(await answer(after)).toEqual(filled);
    expect(existsSync(at('original/postgres/password.next'))).toBe(false);
    await expect(query(before.url, 'SELECT 1')).rejects.toThrow();
  });
});

describe('a lease', () => {
  it('is not made on a database that another process serves', async () => {
    const { port, url } = await start(at('original'));
    const address = { pid: process.pid, port, password: new URL(url).password };
    expect(await leaseCluster(address, 'follower')).toEqual({ kind: 'later' });
  });
});
