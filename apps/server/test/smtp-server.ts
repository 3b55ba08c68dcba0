import { SMTPServer } from 'smtp-server';

export interface SmtpUnderTest {
  url: string;
  /** Accepted mails with headers. */
  taken: string[];
  /** Returns the number of started mails. */
  begun(): number;
  close(): Promise<void>;
}

/**
 * Starts an SMTP server. It accepts mails if `open` returns true, and otherwise does not respond at
 * the end of a mail.
 */
export async function startSmtp(open: () => boolean): Promise<SmtpUnderTest> {
  const taken: string[] = [];
  let begun = 0;
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    closeTimeout: 100,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      begun += 1;
      stream
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => {
          if (!open()) return;
          taken.push(Buffer.concat(chunks).toString());
          done();
        });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  if (address === null || typeof address === 'string')
    throw new Error('The SMTP server has no port');
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    taken,
    begun: () => begun,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
