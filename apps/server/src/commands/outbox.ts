import { listOutbox, readOutboxText } from '@synap/mail';
import { outboxFolder } from '../config/data-folder.js';
import { parseEnvironment } from '../config/env.js';

/** Lists the mails in the outbox folder. With a number from that list, prints one mail. */
export async function outbox(
  variables: NodeJS.ProcessEnv,
  number: string | undefined,
): Promise<number> {
  const { dataDir, smtpUrl } = parseEnvironment(variables);
  const folder = outboxFolder(dataDir);
  const entries = await listOutbox(folder);
  if (number !== undefined) {
    const entry = entries[Number(number) - 1];
    if (!entry) {
      process.stderr.write(`There is no mail ${number}; "synap outbox" lists them.\n`);
      return 2;
    }
    console.log(
      `To:      ${entry.to}\nSubject: ${entry.subject}\n\n${await readOutboxText(folder, entry)}`,
    );
    return 0;
  }
  if (entries.length === 0)
    console.log(
      smtpUrl ? 'Mail goes to SMTP_URL; the outbox is empty.' : `No mail yet in ${folder}.`,
    );
  for (const [index, { writtenAt, to, subject }] of entries.entries())
    console.log(
      `${String(index + 1).padStart(3)}  ${writtenAt.toISOString().slice(0, 16).replace('T', ' ')}  ${to.padEnd(32)}  ${subject}`,
    );
  return 0;
}
