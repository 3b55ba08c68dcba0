import type { UserCall } from '@synap/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuthFixture, call, createAuthFixture, password } from '../auth.test.fixture.js';
import { createIdempotent } from '../idempotency/idempotent.js';
import { uuidv7 } from '../ids.js';
import { createDashboardsService } from './dashboards.service.js';

let fixture: AuthFixture;
beforeAll(async () => {
  fixture = await createAuthFixture();
});
afterAll(() => fixture.close());

const full = { code: 'conflict', message: expect.stringContaining('the limit is') };
const place = (text: string) => ({
  moduleId: 'git',
  widgetId: 'commits',
  params: { text },
  x: 0,
  y: 0,
  w: 1,
  h: 1,
});

async function someone(): Promise<UserCall> {
  const { email } = await fixture.makeUser();
  return fixture.callOf((await fixture.auth.login(call, { email, password })).accessToken);
}

function serviceWith(quota: { dashboards: number; bytes: number }) {
  const { transaction, dashboards, keyEnded } = fixture;
  const catalogue = { widgetsOf: () => undefined, moduleIds: () => [] };
  return createDashboardsService({
    dashboards,
    transaction,
    idempotent: createIdempotent(transaction),
    catalogue,
    newId: uuidv7,
    keyEnded,
    quota,
  });
}

test('concurrent creations stay within the limit, and a deletion makes room', async () => {
  const service = serviceWith({ dashboards: 3, bytes: 1_000_000 });
  const [ann, ben] = [await someone(), await someone()];
  const makeOne = (by: UserCall) => service.create(by, { name: 'Work', widgets: [] });
  const made = await Promise.allSettled(Array.from({ length: 8 }, () => makeOne(ann)));
  const kept = made.flatMap((result) => (result.status === 'fulfilled' ? [result.value.id] : []));
  expect(kept).toHaveLength(3);
  await expect(makeOne(ann)).rejects.toMatchObject(full);
  await expect(
    service.upsert(ann, { id: uuidv7(), name: 'Work', widgets: [] }),
  ).rejects.toMatchObject(full);
  await expect(makeOne(ben)).resolves.toBeDefined();
  await service.remove(ann, { id: kept[0] ?? '' });
  await expect(makeOne(ann)).resolves.toBeDefined();
});

test('bytes count over all dashboards and kinds of saves; shrinking is always allowed', async () => {
  const ann = await someone();
  const roomy = serviceWith({ dashboards: 10, bytes: 1_000_000 });
  const tight = serviceWith({ dashboards: 10, bytes: 2000 });
  const { id } = await roomy.create(ann, { name: 'Large', widgets: [place('x'.repeat(3000))] });
  await expect(tight.create(ann, { name: 'Another', widgets: [] })).rejects.toMatchObject(full);
  const larger = { id, name: 'Large', widgets: [place('x'.repeat(3500))] };
  await expect(tight.save(ann, { ...larger, version: 1 })).rejects.toMatchObject(full);
  await expect(tight.upsert(ann, larger)).rejects.toMatchObject(full);
  await expect(
    tight.save(ann, { id, name: 'Large', widgets: [place('x'.repeat(2500))], version: 1 }),
  ).resolves.toBeDefined();
  await expect(
    tight.save(ann, { id, name: 'Small', widgets: [], version: 2 }),
  ).resolves.toBeDefined();
  await expect(
    tight.create(ann, { name: 'Another', widgets: [place('x'.repeat(1000))] }),
  ).resolves.toBeDefined();
});
