import { randomUUID } from 'node:crypto';
import { createPool } from '@synap/db';
import { createSecretBox, makeSecret } from '@synap/security';
import { createTestDatabase, type TestDatabase, until } from '@synap/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataFolder, ended, endProcesses, launch, run } from './synap-process.js';

const oldKey = { kid: 'old', secret: makeSecret() };
const newKey = { kid: 'new', secret: makeSecret() };
const [old, current] = [`old:${oldKey.secret}`, `new:${newKey.secret}`];
const receiver = 'canary@example.org';

let database: TestDatabase;
let pool: ReturnType<typeof createPool>;
let variables: Record<string, string>;
beforeEach(async () => {
  database = await createTestDatabase();
  pool = createPool({ url: database.url, size: 2 });
  variables = { DATABASE_URL: database.url, SYNAP_DATA_DIR: await dataFolder() };
});
afterEach(async () => {
  await endProcesses();
  await pool.end();
  await database.drop();
});

/** Inserts waiting mails, encrypted with the old key. */
async function putMails(count: number): Promise<void> {
  const box = createSecretBox({ keys: [oldKey] });
  const mails = Array.from({ length: count }, () => {
    const id = randomUUID();
    const { bytes } = box.seal(
      JSON.stringify({ to: receiver, values: { time: 'now' } }),
      `mail ${id}`,
    );
    return { id, sealed: Buffer.from(bytes).toString('hex') };
  });
  await pool.query(
    `INSERT INTO mails (id, template, key_id, sealed)
     SELECT (mail->>'id')::uuid, 'test', 'old', decode(mail->>'sealed', 'hex') FROM json_array_elements($1) AS mail`,
    [JSON.stringify(mails)],
  );
}

const rotate = (encryption: string) =>
  run(['secrets', 'rotate'], { ...variables, ENCRYPTION_SECRET: encryption });

async function sealedBy(keyId: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM mails WHERE key_id = $1',
    [keyId],
  );
  return rows[0]?.count ?? 0;
}

function expectSilence(text: string): void {
  for (const secret of [oldKey.secret, newKey.secret, receiver]) expect(text).not.toContain(secret);
}

describe('synap secrets rotate', { timeout: 60_000 }, () => {
  it('loses nothing if it is killed; the next run finishes, and another has nothing to do', async () => {
    await putMails(3000);
    const { child, output } = launch(['secrets', 'rotate'], {
      ...variables,
      ENCRYPTION_SECRET: `${current},${old}`,
    });
    await until(async () => (await sealedBy('new')) > 0, { timeout: 30_000, interval: 1 });
    await ended(child, 'SIGKILL');
    const [done, left] = [await sealedBy('new'), await sealedBy('old')];
    expect(left, 'killed in the middle').toBeGreaterThan(0);
    expect(done + left).toBe(3000);

    const second = await rotate(`${current},${old}`);
    expect(second).toMatchObject({
      code: 0,
      text: expect.stringContaining(`${left} re-encrypted with key "new"`),
    });
    const third = await rotate(current);
    expect(third).toMatchObject({ code: 0, text: expect.stringContaining('0 re-encrypted') });

    const { rows } = await pool.query<{ id: string; key_id: string; sealed: Buffer }>(
      'SELECT id, key_id, sealed FROM mails',
    );
    const box = createSecretBox({ keys: [newKey] });
    for (const { id, key_id: keyId, sealed } of rows)
      expect(box.open({ keyId, bytes: sealed }, `mail ${id}`)).toContain(receiver);
    expect(rows).toHaveLength(3000);
    for (const text of [output.text, second.text, third.text]) expectSilence(text);
  });

  it('fails if a key is missing, shows the number of affected secrets and the remedy, and changes none', async () => {
    await putMails(2);
    const { code, text } = await rotate(current);
    expect(code).toBe(1);
    expect(text).toContain('2 of key "old" cannot be opened');
    expect(text).toMatch(/List the keys .* in ENCRYPTION_SECRET/);
    expect(await sealedBy('old')).toBe(2);
    expectSilence(text);
  });

  it('shows its usage, and the remedy for a database that is not migrated', async () => {
    expect(await run(['secrets'], variables)).toMatchObject({
      code: 2,
      text: expect.stringContaining('synap secrets rotate'),
    });
    await pool.query('DROP TABLE mails');
    expect(await rotate(current)).toMatchObject({
      code: 1,
      text: expect.stringContaining('prisma migrate deploy'),
    });
  });
});
