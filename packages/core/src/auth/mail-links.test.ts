import { randomBytes, randomUUID } from 'node:crypto';
import type { Mail } from '@synap/contracts';
import { generateToken, hashToken } from '@synap/security';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AuthFixture, call, createAuthFixture, password } from '../auth.test.fixture.js';
import { uuidv7 } from '../ids.js';

const newPassword = 'another passphrase altogether';
const spent = {
  code: 'bad_request',
  details: { errors: [{ pointer: '/token', code: 'invalid_token' }] },
};
const refused = { code: 'unauthenticated' };
const accepted = { accepted: true };

let fixture: AuthFixture;
beforeEach(async () => {
  fixture = await createAuthFixture();
});
afterEach(() => fixture.close());

function tokenIn(mail: Mail | undefined): string {
  const link = mail && 'link' in mail.values ? mail.values.link : '';
  const [, token = ''] =
    /^https:\/\/synap\.example\.org\/(?:verify|reset)#([A-Za-z0-9_-]{43})$/.exec(link) ?? [];
  if (!token) throw new Error(`There is no token in the link "${link}"`);
  return token;
}

/** Ignores failed sign-ins, which these tests cause on purpose. */
const trailOf = async (userId: string) => {
  const where = { subject: `user ${userId}`, type: { not: 'user.sign-in-failed' } };
  return (await fixture.db.event.findMany({ where, orderBy: { id: 'asc' } })).map(
    ({ type }) => type,
  );
};

/** Moves all links five minutes into the past. */
const ageLinks = () =>
  fixture.db.$executeRaw`UPDATE mail_tokens SET created_at = created_at - interval '5 minutes'`;

describe('if addresses must be verified', () => {
  const email = 'ada@example.org';
  const verifying = () => fixture.authWith({ verifyEmail: true });
  const mails = () => fixture.sendMails({ verifyEmail: true });

  test('an account is usable after its mail link was used, which works once', async () => {
    const auth = verifying();
    expect(await auth.register(call, { email, password })).toEqual(accepted);
    const answerOf = (account: { email: string; password: string }) =>
      auth.login(call, account).catch((error: unknown) => error);
    const answers = [
      { email, password },
      { email, password: newPassword },
      { email: 'unknown@example.org', password },
    ].map(answerOf);
    const [answer, ...others] = await Promise.all(answers);
    expect(answer).toMatchObject({
      ...refused,
      message: expect.stringContaining('not verified yet'),
    });
    expect(others).toEqual([answer, answer]);
    const [mail] = await mails();
    expect(mail).toMatchObject({ template: 'verify', to: email, values: { hours: 24 } });
    const token = tokenIn(mail);
    await auth.verify(call, { token });
    await auth.login(call, { email, password });
    await expect(auth.verify(call, { token })).rejects.toMatchObject(spent);
    const user = await fixture.db.user.findUniqueOrThrow({ where: { email } });
    expect(await trailOf(user.id)).toEqual(['user.registered', 'user.verified']);
  });

  test('another mail can be requested, and using one link revokes all others', async () => {
    const auth = verifying();
    await auth.register(call, { email, password });
    const [first] = await mails();
    expect(await auth.resend(call, { email })).toEqual(accepted);
    expect(await mails(), 'the link is minutes old').toEqual([]);
    await ageLinks();
    await auth.resend(call, { email });
    const [second, ...more] = await mails();
    expect(more).toEqual([]);
    await auth.verify(call, { token: tokenIn(second) });
    await expect(auth.verify(call, { token: tokenIn(first) })).rejects.toMatchObject(spent);
    await auth.resend(call, { email });
    await auth.resend(call, { email: 'unknown@example.org' });
    expect(await mails()).toEqual([]);
  });

  test('if several people register an address, none of their passwords works: the reader of the mail sets one', async () => {
    const auth = verifying();
    await auth.register(call, { email, password, name: 'Mallory' });
    const [first] = await mails();
    await auth.register(call, { email, password: newPassword });
    const [second] = await mails();
    expect(second).toMatchObject({
      template: 'choose-password',
      to: email,
      values: { minutes: 10 },
    });
    await auth.verify(call, { token: tokenIn(first) });
    for (const sent of [password, newPassword])
      await expect(auth.login(call, { email, password: sent })).rejects.toMatchObject(refused);
    const chosen = 'what the owner likes best';
    await auth.reset(call, { token: tokenIn(second), newPassword: chosen });
    await auth.login(call, { email, password: chosen });
    const user = await fixture.db.user.findUniqueOrThrow({ where: { email } });
    const types = [
      'user.registered',
      'user.registered-again',
      'user.reset-requested',
      'user.verified',
      'user.password-reset',
    ];
    expect(await trailOf(user.id)).toEqual(types);
  });

  test('a form that is sent twice, even concurrently, gives a link and keeps the password', async () => {
    const auth = verifying();
    const register = () => auth.register(call, { email, password });
    await Promise.all([register(), register()]);
    await register();
    const sent = await mails();
    expect(
      sent.map(({ template }) => template),
      'one link is enough',
    ).toEqual(['verify']);
    await auth.verify(call, { token: tokenIn(sent[0]) });
    await auth.login(call, { email, password });
    await register();
    expect(await mails()).toMatchObject([{ template: 'existing-account', to: email }]);
  });

  test('the second sign-up invalidates the passwords at once, even before its mail is sent', async () => {
    const auth = verifying();
    await auth.register(call, { email, password });
    const [first] = await mails();
    await auth.register(call, { email, password: newPassword });
    await auth.verify(call, { token: tokenIn(first) });
    await expect(auth.login(call, { email, password })).rejects.toMatchObject(refused);
    expect(await mails()).toMatchObject([{ template: 'existing-account', to: email }]);
  });

  test('a verified account keeps its password if the address is registered again', async () => {
    const auth = verifying();
    await auth.register(call, { email, password });
    const [mail] = await mails();
    await auth.verify(call, { token: tokenIn(mail) });
    await auth.register(call, { email, password: newPassword });
    expect(await mails()).toMatchObject([{ template: 'existing-account', to: email }]);
    await auth.login(call, { email, password });
  });

  test('a password reset also verifies the address', async () => {
    const auth = verifying();
    await auth.register(call, { email, password });
    await mails();
    await auth.forgot(call, { email });
    const [mail] = await mails();
    await auth.reset(call, { token: tokenIn(mail), newPassword });
    await auth.login(call, { email, password: newPassword });
  });
});

test('repeated registrations of an address give its owner one notice per five minutes', async () => {
  const user = await fixture.makeUser();
  const register = () => fixture.auth.register(call, { email: user.email, password: newPassword });
  const notices = async () => (await fixture.sendMails()).map(({ template }) => template);
  const part = () => Math.floor(Date.now() / 300_000);
  const first = part();
  await fixture.db.$executeRaw`INSERT INTO events (id, source, type, subject, payload, occurred_at)
    VALUES (${uuidv7((first - 1) * 300_000)}::uuid, 'user', 'user.registered-again', ${`user ${user.id}`}, '{}', now())`;
  await register();
  expect(await notices(), 'the one before was in another part').toEqual(['existing-account']);
  await Promise.all(Array.from({ length: 5 }, register));
  expect((await notices()).length).toBeLessThanOrEqual(part() - first);
  expect(await trailOf(user.id)).toHaveLength(7);
});

test('without verification a new account gets no mail; a repeated registration notifies the owner', async () => {
  const user = await fixture.makeUser();
  expect(await fixture.auth.register(call, { email: 'new@example.org', password })).toEqual(
    accepted,
  );
  expect(await fixture.auth.register(call, { email: user.email, password: newPassword })).toEqual(
    accepted,
  );
  expect(await fixture.sendMails()).toMatchObject([
    { template: 'existing-account', to: user.email },
  ]);
  expect(await trailOf(user.id)).toEqual(['user.registered-again']);
  await fixture.auth.login(call, { email: user.email, password });
});

describe('a new password', () => {
  async function asked() {
    const user = await fixture.makeUser();
    const tokens = await fixture.auth.login(call, { email: user.email, password });
    await fixture.sendMails();
    await fixture.auth.forgot(call, { email: user.email });
    const [mail] = await fixture.sendMails();
    expect(mail).toMatchObject({ template: 'reset', to: user.email, values: { minutes: 10 } });
    return { user, tokens, token: tokenIn(mail) };
  }

  test('replaces the old one, ends all sessions at once, sends a mail and is audited', async () => {
    const { user, tokens, token } = await asked();
    await fixture.authenticate(tokens.accessToken);
    await fixture.auth.reset(call, { token, newPassword });
    await expect(fixture.authenticate(tokens.accessToken)).rejects.toMatchObject(refused);
    await expect(
      fixture.auth.refresh(call, { refreshToken: tokens.refreshToken }),
    ).rejects.toMatchObject(refused);
    await expect(fixture.auth.login(call, { email: user.email, password })).rejects.toMatchObject(
      refused,
    );
    await fixture.auth.login(call, { email: user.email, password: newPassword });
    expect(await fixture.sendMails()).toMatchObject([
      { template: 'password-changed', to: user.email },
    ]);
    expect(await trailOf(user.id)).toEqual(['user.reset-requested', 'user.password-reset']);
    await expect(fixture.auth.reset(call, { token, newPassword })).rejects.toMatchObject(spent);
  });

  test('removes the API keys only if the address was unverified before', async () => {
    for (const verifiedAt of [null, new Date()]) {
      const { user, token } = await asked();
      await fixture.db.user.update({ where: { id: user.id }, data: { verifiedAt } });
      const { id } = await fixture.db.apiKey.create({
        data: {
          id: randomUUID(),
          userId: user.id,
          name: 'Left behind',
          secretHash: randomBytes(32),
          scopes: ['profile:read'],
        },
      });
      await fixture.auth.reset(call, { token, newPassword });
      const ended = verifiedAt === null ? 1 : 0;
      expect(await fixture.db.apiKey.count({ where: { id } })).toBe(1 - ended);
      expect(
        await fixture.db.event.count({
          where: { type: 'api-key.revoked', subject: `api-key ${id}` },
        }),
      ).toBe(ended);
    }
  });

  test('that violates the policy does not use up the link', async () => {
    const { token } = await asked();
    await expect(fixture.auth.reset(call, { token, newPassword: 'short' })).rejects.toMatchObject({
      details: { errors: [{ pointer: '/newPassword' }] },
    });
    await fixture.auth.reset(call, { token, newPassword });
  });

  test('is set once by ten concurrent uses of a link', async () => {
    const { user, token } = await asked();
    const choose = (index: number) =>
      fixture.auth.reset(call, { token, newPassword: `${newPassword} ${index}` });
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => choose(index)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const winner = results.findIndex(({ status }) => status === 'fulfilled');
    await fixture.auth.login(call, { email: user.email, password: `${newPassword} ${winner}` });
  });

  test('is rejected for expired, forged and other links', async () => {
    const { user, token } = await asked();
    await fixture.db
      .$executeRaw`UPDATE mail_tokens SET expires_at = clock_timestamp() - interval '1 second' WHERE user_id = ${user.id}::uuid`;
    const other = generateToken();
    await fixture.mailTokens.insert({
      userId: user.id,
      purpose: 'verify',
      hash: hashToken(other),
      lifetime: 60,
    });
    for (const faulty of [token, generateToken(), other, 'x', `${token}\u0301`])
      await expect(fixture.auth.reset(call, { token: faulty, newPassword })).rejects.toMatchObject(
        spent,
      );
    await fixture.auth.login(call, { email: user.email, password });
  });

  test('is not mailed to missing or disabled accounts; response and stored rows are the same', async () => {
    const user = await fixture.makeUser();
    await fixture.db.user.update({ where: { id: user.id }, data: { disabledAt: new Date() } });
    for (const email of [user.email, 'unknown@example.org'])
      expect(await fixture.auth.forgot(call, { email })).toEqual(accepted);
    expect(await fixture.db.mail.findMany({ select: { template: true } })).toEqual([
      { template: 'to-owner reset' },
      { template: 'to-owner reset' },
    ]);
    expect(await fixture.sendMails()).toEqual([]);
    expect(await fixture.db.mail.count()).toBe(0);
  });

  test('gets a working link at the second attempt of its mail', async () => {
    const user = await fixture.makeUser();
    await fixture.auth.forgot(call, { email: user.email });
    const send = () => Promise.reject(new Error('the server is away'));
    await expect(fixture.sendMails({ send })).rejects.toThrow('away');
    const [mail] = await fixture.sendMails();
    await fixture.auth.reset(call, { token: tokenIn(mail), newPassword });
  });
});

test('the database does not contain link tokens, and links are purged a day after expiry', async () => {
  const user = await fixture.makeUser();
  await fixture.auth.forgot(call, { email: user.email });
  const [mail] = await fixture.sendMails();
  const token = tokenIn(mail);
  const rows = await fixture.db.mailToken.findMany();
  expect(JSON.stringify(rows)).not.toContain(token);
  expect(rows).toHaveLength(1);
  await fixture.mailTokens.purge();
  expect(await fixture.db.mailToken.count()).toBe(1);
  await fixture.db.$executeRaw`UPDATE mail_tokens SET expires_at = now() - interval '25 hours'`;
  await fixture.mailTokens.purge();
  expect(await fixture.db.mailToken.count()).toBe(0);
});
