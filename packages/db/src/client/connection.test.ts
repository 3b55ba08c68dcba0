import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { query, removeFolder, temporaryFolder } from '../temporary.test.support.js';
import { type SuperuserCluster, startSuperuserCluster } from '../testing/cluster.js';
import { connectionOf, DatabaseAddressError, schemaOf } from './connection.js';
import { createDatabase } from './database.js';
import { toDatabaseFault } from './faults.js';
import { createPool } from './pool.js';

let cluster: SuperuserCluster;
let folder: string;
beforeAll(async () => {
  cluster = await startSuperuserCluster();
  folder = temporaryFolder();
});
afterAll(async () => {
  await cluster.dispose();
  removeFolder(folder);
});

/** Changes parts of the cluster's address. */
function address(
  parts: Partial<Pick<URL, 'username' | 'password' | 'pathname' | 'search' | 'hostname'>>,
): string {
  return Object.assign(new URL(cluster.url), parts).href;
}

describe('an address', () => {
  it.each([
    ['jörg', 'pässwörd'],
    ['name with space', 'p%20 %25 %zz'],
    ['用户', '💡 €/?#@:'],
    ["o'brien", `"'\\`],
  ])('reaches PostgreSQL as %s with the password %s', async (user, password) => {
    const literal = (text: string) => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
    await query(cluster.url, `CREATE ROLE "${user}" LOGIN PASSWORD ${literal(password)}`);
    const { port } = new URL(cluster.url);
    for (const search of [
      '',
      '?connection_limit=5&application_name=my app',
      '?options=-c work_mem=1MB',
    ]) {
      const url = `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}/synap${search}`;
      const pool = createPool({ url, size: 1 });
      const { rows } = await pool.query('SELECT session_user AS role').finally(() => pool.end());
      expect(rows).toEqual([{ role: user }]);
    }
  });

  it.each([
    ['postgresql://a:%zz@h/d', /password .*%25/],
    ['postgresql://%e4:x@h/d', /user name .*%25/],
    ['postgresql://a:x@h/d?schema=Public', /schema "Public"/],
    [`postgresql://a:x@h/d?schema=${'s'.repeat(64)}`, /63/],
    ['postgresql://a:x@h/d?port=abc', /port "abc"/],
    ['postgresql://a:x@h/d?port=65536', /port "65536"/],
    ['postgresql://a:x@h:0/d', /port "0"/],
    ['postgresql://a:x@h/d?host=one,two', /several hosts/],
    ['postgresql://a:x@h/d?sslmode=sometimes', /sslmode=sometimes/],
    ['postgresql://a:x@h/d?sslmode=verify-ca', /sslrootcert/],
    ['postgresql://a:x@h/d?sslmode=verify-full&sslrootcert=/no/such/file', /\/no\/such\/file/],
    ['a:secret@h/d', /postgresql:\/\//],
  ])('%s is refused with its fault', (url, message) => {
    expect(() => connectionOf(url)).toThrow(DatabaseAddressError);
    expect(() => connectionOf(url)).toThrow(message);
    expect(() => connectionOf(url)).not.toThrow(/secret/);
  });

  it('gives its schema, and no parameter of Prisma to the driver', () => {
    const url = 'postgresql://u:p@[::1]:6432/d?schema=apart&statement_timeout=5&max=100';
    expect(schemaOf(url)).toBe('apart');
    const given = Object.fromEntries(
      Object.entries(connectionOf(url)).filter(([, value]) => value !== undefined),
    );
    expect(given).toEqual({
      user: 'u',
      password: 'p',
      host: '::1',
      port: 6432,
      database: 'd',
      ssl: false,
    });
  });
});

/** Makes the cluster use TLS with a self-signed certificate for `name`. */
async function serveTls(name: string): Promise<string> {
  const [key, certificate] = [path.join(folder, 'server.key'), path.join(folder, 'server.crt')];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '30',
      ...subject,
      '-keyout',
      key,
      '-out',
      certificate,
    ],
    { stdio: 'ignore' },
  );
  const { uid, gid } = statSync(cluster.pgData);
  for (const file of [key, certificate]) {
    chmodSync(file, 0o600);
    chownSync(file, uid, gid);
  }
  for (const [setting, value] of Object.entries({
    ssl_key_file: key,
    ssl_cert_file: certificate,
    ssl: 'on',
  }))
    await query(cluster.url, `ALTER SYSTEM SET ${setting} = '${value}'`);
  await query(cluster.url, 'SELECT pg_reload_conf()');
  // Copy the certificate for clients, which run as another user than PostgreSQL.
  const copy = path.join(folder, 'root.crt');
  writeFileSync(copy, execFileSync('openssl', ['x509', '-in', certificate]));
  return copy;
}

describe('sslmode', () => {
  const outcomeOf = async (search: string, hostname = '127.0.0.1') => {
    const database = createDatabase({ url: address({ search, hostname }), size: 1 });
    try {
      const { rows } = await database.pool.query(
        'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
      );
      return rows[0].ssl ? 'encrypted' : 'plain';
    } catch (error) {
      const other: unknown = await database.db.user.count().catch((reason: unknown) => reason);
      // Prisma must report the same kind.
      return [toDatabaseFault(error)?.kind, toDatabaseFault(other)?.kind];
    } finally {
      await database.close();
    }
  };
  const refused = ['unavailable', 'unavailable'];

  it('asks for TLS, and is refused by a server without it', async () => {
    expect(await outcomeOf('?sslmode=require')).toEqual(refused);
    expect(await outcomeOf('?sslmode=prefer')).toEqual(refused);
    expect(await outcomeOf('?sslmode=disable')).toBe('plain');
    expect(await outcomeOf('')).toBe('plain');
  });

  it('means what libpq means by it', async () => {
    const root = await serveTls('localhost');
    await expect.poll(() => outcomeOf('?sslmode=require'), { timeout: 15_000 }).toBe('encrypted');
    const trusting = `&sslrootcert=${encodeURIComponent(root)}`;
    expect(await outcomeOf('?sslmode=prefer')).toBe('encrypted');
    expect(await outcomeOf('?sslmode=verify-full')).toEqual(refused);
    expect(await outcomeOf(`?sslmode=verify-full${trusting}`)).toEqual(refused);
    expect(await outcomeOf(`?sslmode=verify-full${trusting}`, 'localhost')).toBe('encrypted');
    expect(await outcomeOf(`?sslmode=verify-ca${trusting}`)).toBe('encrypted');
    expect(await outcomeOf(`?sslmode=require${trusting}`)).toBe('encrypted');
  });
});
