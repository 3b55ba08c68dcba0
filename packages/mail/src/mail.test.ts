import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Mail } from '@synap/contracts';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createOutboxTransport,
  createSmtpTransport,
  listOutbox,
  MailRefused,
  type OutgoingMail,
  readOutboxText,
  renderMail,
} from './index.js';

const link = 'https://synap.example.org/verify#token=a_b-c';
const verify: Mail = { template: 'verify', to: 'ann@example.org', values: { link, hours: 24 } };
const inviteBy = (invitedBy: string): Mail => ({
  template: 'invite',
  to: 'ben@example.org',
  values: { invitedBy, link, hours: 72 },
});
const from = 'Synap <synap@example.org>';
const outgoing = (id: string): OutgoingMail => ({ id, to: verify.to, ...renderMail(verify) });

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A real SMTP server that responds to RCPT with `verdictOf` and records received mails. */
async function startSmtp(verdictOf: (attempt: number) => number | undefined = () => undefined) {
  const taken: string[] = [];
  let attempts = 0;
  let connections = 0;
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onConnect(_session, done) {
      connections += 1;
      done();
    },
    onRcptTo(_address, _session, done) {
      attempts += 1;
      const responseCode = verdictOf(attempts);
      done(
        responseCode === undefined
          ? undefined
          : Object.assign(new Error(`no, ${verify.to}`), { responseCode }),
      );
    },
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => {
          taken.push(Buffer.concat(chunks).toString());
          done();
        });
    },
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  endings.push(() => new Promise((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  return { url: `smtp://127.0.0.1:${port}`, taken, connections: () => connections };
}

function smtp(url: string, { timeoutMs, tls }: { timeoutMs?: number; tls?: 'optional' } = {}) {
  const transport = createSmtpTransport({ url, from, timeoutMs, tls });
  endings.push(async () => transport.close());
  return transport;
}

describe('the words of a mail', () => {
  it('hold its values, escaped in HTML and plain in text', () => {
    const { subject, html, text } = renderMail(inviteBy('<b>Ann</b> & Berg'));
    expect(subject).toBe('You are invited to Synap');
    expect(html).toContain('&lt;b&gt;Ann&lt;/b&gt; &amp; Berg');
    expect(html).not.toContain('<b>Ann');
    expect(html).toContain(`href="${link}"`);
    expect(text).toContain('<b>Ann</b> & Berg');
    expect(text).toContain(link);
    expect(html + text).not.toContain('{{');
  });

  it('keep values on one line', () => {
    const { text } = renderMail(inviteBy('Ann\r\nBcc: x@example.org\n\nClick here'));
    expect(text).toContain('Ann Bcc: x@example.org Click here invites you');
  });

  it('are compiled from the templates as they are', async () => {
    const script = fileURLToPath(new URL('../scripts/compile.mjs', import.meta.url));
    await expect(promisify(execFile)(process.execPath, [script, '--check'])).resolves.toBeDefined();
  });
});

describe('SMTP', () => {
  it('delivers over a connection that is kept, under a Message-ID that stays', async () => {
    const server = await startSmtp();
    const transport = smtp(server.url);
    for (let n = 0; n < 3; n += 1) await transport.send(outgoing('one'));
    expect(server.connections()).toBe(1);
    expect(server.taken).toHaveLength(3);
    for (const message of server.taken) expect(message).toMatch(/^Message-ID: <one@synap>/im);
    expect(server.taken[0]).toMatch(/^From: Synap <synap@example\.org>/m);
  });

  it('distinguishes permanent from temporary rejections, without text of the server', async () => {
    const server = await startSmtp((attempt) => [550, 451][attempt - 1]);
    const transport = smtp(server.url);
    const refused = await transport.send(outgoing('one')).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(MailRefused);
    expect(String(refused)).not.toContain('example.org');
    const passing = await transport.send(outgoing('one')).catch((error: unknown) => error);
    expect(passing).toBeInstanceOf(Error);
    expect(passing).not.toBeInstanceOf(MailRefused);
    await transport.send(outgoing('one'));
    expect(server.taken).toHaveLength(1);
  });

  it('sends nothing in clear text beyond the loopback address, unless that is asked for', async () => {
    const server = await startSmtp();
    // Also reaches this machine, but is not a loopback name.
    const beyond = server.url.replace('127.0.0.1', '0.0.0.0');
    const refused = await smtp(beyond)
      .send(outgoing('one'))
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Error);
    expect(refused, 'the operator can correct it').not.toBeInstanceOf(MailRefused);
    expect(server.taken).toEqual([]);
    await smtp(beyond, { tls: 'optional' }).send(outgoing('one'));
    expect(server.taken).toHaveLength(1);
  });

  it('does not wait for a server that says nothing', async () => {
    const silent: Server = createServer((socket) => void socket.on('error', () => undefined));
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    endings.push(() => new Promise((resolve) => void silent.close(() => resolve())));
    const { port } = silent.address() as AddressInfo;
    const sending = smtp(`smtp://127.0.0.1:${port}`, { timeoutMs: 300 }).send(outgoing('one'));
    await expect(sending).rejects.not.toBeInstanceOf(MailRefused);
  });
});

describe('the outbox', () => {
  it('holds a mail once, readable by its owner alone, and shows what is whole', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'synap-outbox-'));
    endings.push(() => rm(folder, { recursive: true, force: true }));
    const transport = createOutboxTransport({ folder, from });
    await transport.send(outgoing('one'));
    await transport.send(outgoing('one'));
    await writeFile(path.join(folder, 'two.draft'), 'To: x');
    const entries = await listOutbox(folder);
    expect(entries).toMatchObject([
      { name: 'one.eml', to: 'ann@example.org', subject: 'Verify your address' },
    ]);
    expect((await stat(path.join(folder, 'one.eml'))).mode & 0o077).toBe(0);
    expect(await readOutboxText(folder, { name: 'one.eml' })).toContain(link);
    expect(await listOutbox(path.join(folder, 'absent'))).toEqual([]);
  });
});
