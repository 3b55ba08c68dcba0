import { createDatabase, type Database } from '@synap/db';
import { createSecretBox, type SecretBox } from '@synap/security';
import { createTestDatabase, type TestDatabase } from '@synap/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { uuidv7 } from '../ids.js';
import { createMailDelivery } from '../mail/mail-delivery.js';
import { mailContext } from '../mail/mail-queue.js';
import { createRepositories, type Repositories } from '../repositories.js';
import { rotateSecrets } from './rotate-secrets.js';
import { sealedSources } from './sealed-sources.js';

const oldKey = { kid: 'old', secret: 'k3Zq-9fVt2mXw8Ls4RbYh7NdQp1Jc6Gu' };
const newKey = { kid: 'new', secret: 'Tn5Wx0Ev8Hs3Kd7Pz2Qj6Ym9Bc4Lf1Rg' };
const lostKey = { kid: 'lost', secret: 'Yc7Rt2Lm9Wq4Xs8Bn5Vd1Kg6Hj3Fp0Za' };
const oldBox = createSecretBox({ keys: [oldKey] });
const rotated = createSecretBox({ keys: [newKey, oldKey] });
const newBox = createSecretBox({ keys: [newKey] });

let testDatabase: TestDatabase;
let database: Database;
let repositories: Repositories;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase({ url: testDatabase.url });
  repositories = createRepositories(database.db, database.sql);
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});
beforeEach(async () => {
  await database.db.mail.deleteMany();
});

const receiverOf = (id: string) => `${id}@example.org`;

async function putMails(count: number, box: SecretBox): Promise<string[]> {
  const data = Array.from({ length: count }, () => {
    const id = uuidv7();
    const text = JSON.stringify({ to: receiverOf(id), values: { time: 'now' } });
    const { keyId, bytes } = box.seal(text, mailContext(id));
    return { id, template: 'test', keyId, sealed: bytes };
  });
  await database.db.mail.createMany({ data });
  return data.map(({ id }) => id);
}

const rotate = (box = rotated, sources = sealedSources(repositories)) =>
  rotateSecrets({ sources, box, pageSize: 3 });
const rows = () => database.db.mail.findMany({ orderBy: { id: 'asc' } });
const keyNames = async () => (await rows()).map(({ keyId }) => keyId);

/** Sends the mails like a worker with this box. */
async function receivers(box: SecretBox, ids: readonly string[]): Promise<string[]> {
  const sent: string[] = [];
  const delivery = createMailDelivery({
    compose: async () => null,
    mails: repositories.mails,
    box,
    isFinal: () => true,
    onDeadLetter: () => {},
    send: async (_id, { to }) => void sent.push(to),
  });
  for (const id of ids) await delivery.deliver(id, { lastAttempt: true });
  return sent;
}

describe('a rotation', () => {
  it('re-encrypts everything with the current key, page by page; a worker without the old key can send all mails', async () => {
    const ids = await putMails(10, oldBox);
    expect(await rotate()).toEqual([
      { name: 'mails that wait', resealed: 10, unopenable: new Map() },
    ]);
    expect(new Set(await keyNames())).toEqual(new Set(['new']));
    expect(await receivers(newBox, ids)).toEqual(ids.map(receiverOf));
  });

  it('does nothing the second time', async () => {
    await putMails(4, oldBox);
    await rotate();
    const before = await rows();
    expect(await rotate()).toMatchObject([{ resealed: 0 }]);
    expect(await rows()).toEqual(before);
  });

  it('that is interrupted damages no secret, and the next one does the rest', async () => {
    const ids = await putMails(8, oldBox);
    const [source] = sealedSources(repositories);
    if (!source) throw new Error('Nothing is sealed');
    let left = 4;
    const breaking: typeof source = {
      ...source,
      reseal: (...of) =>
        left-- > 0 ? source.reseal(...of) : Promise.reject(new Error('the connection broke')),
    };
    await expect(rotate(rotated, [breaking])).rejects.toThrow('the connection broke');
    expect(await keyNames()).toEqual([...Array(4).fill('new'), ...Array(4).fill('old')]);
    for (const { id, keyId, sealed } of await rows()) {
      expect(rotated.open({ keyId, bytes: sealed }, mailContext(id))).toContain(receiverOf(id));
    }
    expect(await rotate()).toMatchObject([{ resealed: 4 }]);
    expect(await receivers(newBox, ids)).toEqual(ids.map(receiverOf));
  });

  it('counts each secret once if several run concurrently', async () => {
    const ids = await putMails(20, oldBox);
    const results = (await Promise.all([rotate(), rotate(), rotate()])).flat();
    expect(results.reduce((sum, { resealed }) => sum + resealed, 0)).toBe(20);
    expect(await receivers(newBox, ids)).toEqual(ids.map(receiverOf));
  });

  it('neither restores a mail that was sent meanwhile nor changes one that was re-encrypted', async () => {
    const [sent = '', resealed = ''] = await putMails(2, oldBox);
    const [source] = sealedSources(repositories);
    if (!source) throw new Error('Nothing is sealed');
    const late: typeof source = {
      ...source,
      async listNotSealedBy(...of) {
        const page = await source.listNotSealedBy(...of);
        await repositories.mails.remove(sent);
        await database.db.mail.update({
          where: { id: resealed },
          data: { keyId: 'newest', sealed: new Uint8Array([1]) },
        });
        return page;
      },
    };
    expect(await rotate(rotated, [late])).toEqual([
      { name: 'mails that wait', resealed: 0, unopenable: new Map() },
    ]);
    expect(await rows()).toMatchObject([
      { id: resealed, keyId: 'newest', sealed: new Uint8Array([1]) },
    ]);
  });

  it('counts unreadable secrets by key, leaves them unchanged and re-encrypts the others', async () => {
    const lost = await putMails(7, createSecretBox({ keys: [lostKey] }));
    const [damaged = '', moved = '', ...sound] = await putMails(6, oldBox);
    await database.db.mail.update({ where: { id: damaged }, data: { sealed: new Uint8Array(40) } });
    const [other] = await database.db.mail.findMany({ where: { id: sound[0] ?? '' } });
    await database.db.mail.update({
      where: { id: moved },
      data: { sealed: other?.sealed ?? new Uint8Array() },
    });
    const before = await rows();
    const unopenable = new Map([
      ['lost', 7],
      ['old', 2],
    ]);
    expect(await rotate()).toEqual([{ name: 'mails that wait', resealed: 4, unopenable }]);
    const untouched = [...lost, damaged, moved];
    const after = await rows();
    for (const id of untouched)
      expect(after.find((row) => row.id === id)).toEqual(before.find((row) => row.id === id));
    expect(await receivers(newBox, sound)).toEqual(sound.map(receiverOf));
    // With the key listed again nothing is lost.
    expect(await rotate(createSecretBox({ keys: [newKey, oldKey, lostKey] }))).toMatchObject([
      { resealed: 7 },
    ]);
    expect(await receivers(newBox, lost)).toEqual(lost.map(receiverOf));
  });
});
