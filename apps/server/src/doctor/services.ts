import { newestGood } from '../backup/backup-folder.js';
import { lastDue } from '../backup/schedule.js';
import { createMailTransport } from '../compose/mail.js';
import { outboxFolder } from '../config/data-folder.js';
import type { Environment } from '../config/env.js';
import { connectRedis } from '../http/limits/redis.js';
import { bad, type Finding, fine, messageOf, warn } from './finding.js';

export async function checkMail(environment: Environment): Promise<Finding> {
  const { smtpUrl, dataDir, verifyEmail, signup, environment: kind } = environment;
  if (!smtpUrl) {
    const folder = outboxFolder(dataDir);
    const lost = verifyEmail && signup !== 'closed';
    const text = `no SMTP_URL: mails are written to ${folder}`;
    if (lost)
      return bad('mail', `${text}, but VERIFY_EMAIL requires the link in one: set SMTP_URL`);
    return kind === 'local'
      ? fine('mail', text)
      : warn('mail', `${text} and reach no one, not even those for a new password: set SMTP_URL`);
  }
  const transport = createMailTransport(environment);
  try {
    await transport.verify();
    return fine('mail', new URL(smtpUrl).host);
  } catch (error) {
    return bad(
      'mail',
      `${new URL(smtpUrl).host}: ${messageOf(error)}; check SMTP_URL and that the server accepts mail from here`,
    );
  } finally {
    transport.close();
  }
}

/** Pings the server of `REDIS_URL`. */
export async function checkRedis({ redisUrl }: Environment): Promise<Finding[]> {
  if (redisUrl === undefined) return [];
  const { host } = new URL(redisUrl);
  const redis = connectRedis(redisUrl);
  let reason = 'no response';
  redis.client.on('error', (error) => {
    reason = messageOf(error);
  });
  try {
    await redis.settled;
    await redis.client.ping();
    return [fine('redis', host)];
  } catch (error) {
    // Before the connection is ready, command errors do not contain the cause.
    if (redis.client.status === 'ready') reason = messageOf(error);
    return [
      bad(
        'redis',
        `${host}: ${reason}; check REDIS_URL and that Redis runs, or each instance counts its limits alone`,
      ),
    ];
  } finally {
    await redis.close();
  }
}

const graceMs = 3_600_000;

/** Requires a backup since the last scheduled time, with an hour of grace for one in progress. */
export async function checkBackups({ backup: { dir, schedule } }: Environment): Promise<Finding[]> {
  if (dir === undefined) return [];
  const remedy = 'look for the reason in the log, or run "synap backup"';
  try {
    const { backup, damaged } = await newestGood(dir);
    if (damaged.length > 0)
      return [
        bad('backup', `${damaged.join(', ')}: cannot be restored; check the disk, and ${remedy}`),
      ];
    if (!backup) return [bad('backup', `no good backup in ${dir}: ${remedy}`)];
    const made = Date.parse(backup.manifest.createdAt);
    const due = lastDue(schedule, new Date(Date.now() - graceMs));
    const age = `${Math.max(0, Math.round((Date.now() - made) / 3_600_000))} h`;
    const text = `last good backup ${age} ago: ${backup.file}`;
    return [
      due && made < due.getTime()
        ? bad('backup', `${text}; one was due at ${due.toISOString()}: ${remedy}`)
        : fine('backup', text),
    ];
  } catch (error) {
    return [bad('backup', `${messageOf(error)}: check BACKUP_DIR, or ${remedy}`)];
  }
}
