import { mkdir, open, readdir, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { createTransport } from 'nodemailer';
import { type MailTransport, messageOf } from './transport.js';

const ending = '.eml';

/**
 * Writes mails as `.eml` files (RFC 5322), readable only by this user. For installations without a
 * mail server.
 */
export function createOutboxTransport({
  folder,
  from,
}: {
  folder: string;
  from: string;
}): MailTransport {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    async send(mail) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { message } = await composer.sendMail(messageOf(mail, from));
      if (!Buffer.isBuffer(message)) throw new TypeError('The mail was not composed in memory');
      // Rename when complete. A mail that is sent again replaces its own file.
      const draft = path.join(folder, `${mail.id}.draft`);
      const handle = await open(draft, 'w', 0o600);
      try {
        await handle.writeFile(message);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, path.join(folder, `${mail.id}${ending}`));
    },
    async verify() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    },
    close: () => {},
  };
}

export interface OutboxEntry {
  name: string;
  writtenAt: Date;
  to: string;
  subject: string;
}

const headers = { to: /^To: (.*)$/im, subject: /^Subject: (.*)$/im };

const headerOf = (message: string, name: keyof typeof headers) =>
  headers[name].exec(message.slice(0, message.indexOf('\r\n\r\n')))?.[1]?.trim() ?? '';

/** Lists the mails of an outbox folder, newest first; empty if the folder does not exist. */
export async function listOutbox(folder: string): Promise<OutboxEntry[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const read = async (name: string): Promise<OutboxEntry> => {
    const file = path.join(folder, name);
    const [message, { mtime }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    return {
      name,
      writtenAt: mtime,
      to: headerOf(message, 'to'),
      subject: headerOf(message, 'subject'),
    };
  };
  const entries = await Promise.all(names.filter((name) => name.endsWith(ending)).map(read));
  return entries.sort((a, b) => b.writtenAt.getTime() - a.writtenAt.getTime());
}

const decodeQuotedPrintable = (text: string) =>
  Buffer.from(
    text
      .replace(/=\r?\n/g, '')
      .replace(/=([0-9A-F]{2})/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      ),
    'latin1',
  ).toString('utf8');

/** Reads the text part of a mail in an outbox folder. */
export async function readOutboxText(
  folder: string,
  { name }: Pick<OutboxEntry, 'name'>,
): Promise<string> {
  const message = await readFile(path.join(folder, name), 'latin1');
  const start = message.search(/^Content-Type: text\/plain/im);
  const blank = start < 0 ? -1 : message.indexOf('\r\n\r\n', start);
  const end = blank < 0 ? -1 : message.indexOf('\r\n--', blank + 4);
  if (end < 0) return message;
  const body = message.slice(blank + 4, end);
  const encoding = /^Content-Transfer-Encoding: (\S+)/im
    .exec(message.slice(start, blank))?.[1]
    ?.toLowerCase();
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  return encoding === 'quoted-printable'
    ? decodeQuotedPrintable(body)
    : Buffer.from(body, 'latin1').toString('utf8');
}
