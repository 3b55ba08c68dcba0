import { SMTPServer } from 'smtp-server';

export interface SmtpUnderTest {
  url: string;
  /** The mails that it took, whole. */
  taken: string[];
  /** How many were begun. */
  begun(): number;
  close(): Promise<void>;
}

/**
 * A real SMTP server; it takes what comes while `open`, and keeps silent at the end of a mail while
 * not.
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
