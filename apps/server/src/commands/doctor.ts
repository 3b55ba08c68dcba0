import { stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import {
  createDatabase,
  type Database,
  ensureDatabase,
  hasUnfinishedRestore,
  isTransactionPooler,
  listUnclaimedClusters,
  migrationStatus,
  type Pooler,
  SessionSettingsError,
  type UnclaimedCluster,
  unfinishedRestore,
} from '@synap/db';
import { newestGood } from '../backup/backup-folder.js';
import { lastDue } from '../backup/schedule.js';
import { poolerAdvice } from '../bring-up.js';
import { prepareDataFolder } from '../data-folder.js';
import { databaseReason } from '../database-reason.js';
import { type Environment, EnvironmentError, parseEnvironment } from '../env.js';
import { createMailTransport, outboxFolder } from '../mail.js';
import { migrationsFolder } from '../paths.js';
import { resolveSecrets, secretFolder } from '../secrets.js';

interface Finding {
  subject: string;
  ok: boolean;
  /** What was found, and where it is not right, how to mend it. */
  text: string;
}

const fine = (subject: string, text: string): Finding => ({ subject, ok: true, text });
const bad = (subject: string, text: string): Finding => ({ subject, ok: false, text });
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Checks what Synap needs and says of each fault how to mend it. Answers 0 when all is well, else 1. */
export async function doctor(variables: NodeJS.ProcessEnv): Promise<number> {
  const findings: Finding[] = [checkNode()];
  try {
    const environment = parseEnvironment(variables);
    findings.push(fine('environment', environment.environment), await checkFolder(environment), await checkDisk(environment));
    findings.push(await checkSecrets(environment), ...(await checkDatabase(environment)), ...checkUnclaimed());
    findings.push(await checkMail(environment), ...(await checkBackups(environment)), ...checkAddress(environment));
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    findings.push(bad('environment', error.message));
  }
  for (const { subject, ok, text } of findings) console.log(`${ok ? 'ok   ' : 'FAULT'}  ${subject.padEnd(12)} ${text}`);
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > 20 || (major === 20 && minor >= 19);
  return enough ? fine('node', process.versions.node) : bad('node', `${process.versions.node}: install Node 20.19 or newer`);
}

async function checkFolder({ dataDir }: Environment): Promise<Finding> {
  try {
    await prepareDataFolder(dataDir);
    return fine('data folder', dataDir);
  } catch (error) {
    return bad('data folder', messageOf(error));
  }
}

const leastBytes = 500_000_000;

async function checkDisk({ dataDir }: Environment): Promise<Finding> {
  const disk = await statfs(dataDir).catch((error: unknown) => messageOf(error));
  if (typeof disk === 'string') return bad('disk', disk);
  const { bavail, bsize } = disk;
  const free = bavail * bsize;
  const text = `${(free / 1e9).toFixed(1)} GB free`;
  return free >= leastBytes
    ? fine('disk', text)
    : bad('disk', `${text}: PostgreSQL stops when the disk is full; make room or move SYNAP_DATA_DIR`);
}

async function checkSecrets(environment: Environment): Promise<Finding> {
  try {
    await resolveSecrets(environment);
  } catch (error) {
    return bad('secrets', messageOf(error));
  }
  if (Object.values(environment.secrets).every((secret) => secret !== undefined)) return fine('secrets', 'from the environment');
  const folder = secretFolder(environment.dataDir);
  const { mode } = await stat(path.join(folder, 'access-token'));
  return (mode & 0o077) === 0
    ? fine('secrets', `in ${folder}`)
    : bad('secrets', `others may read ${folder}: run chmod -R go= ${folder}`);
}

async function checkDatabase({ dataDir, database: { url, directUrl, pooler } }: Environment): Promise<Finding[]> {
  const origin = url ? 'DATABASE_URL' : 'embedded';
  try {
    const ensured = await ensureDatabase({ dataDir, databaseUrl: directUrl });
    // As calls reach it, which may be through a pooler.
    const database = createDatabase({ url: url ?? ensured.url, pooler, size: 1 });
    try {
      const { rows } = await database.pool.query<{ version: string }>(`SELECT current_setting('server_version') AS version`);
      const place = ensured.folder === null ? '' : `, in ${ensured.folder}`;
      return [
        fine('database', `${origin}, PostgreSQL ${rows[0]?.version ?? '?'}${place}`),
        ...(await checkPooler(pooler, ensured.url, url)),
        await checkWrites(database),
        ...((await hasUnfinishedRestore(database.pool, ensured.url)) ? [bad('restore', unfinishedRestore)] : []),
        await checkMigrations(ensured.url),
      ];
    } finally {
      await database.close();
      await ensured.release();
    }
  } catch (error) {
    const isAdvice = error instanceof SessionSettingsError || !url;
    const advice = isAdvice ? '' : '; check DATABASE_URL and that PostgreSQL runs';
    return [bad('database', `${origin}: ${databaseReason(error)}${advice}`)];
  }
}

async function checkPooler(pooler: Pooler, directUrl: string, url: string | undefined): Promise<Finding[]> {
  if (!url) return [];
  if (await isTransactionPooler(directUrl))
    return [bad('pooler', `it works by the transaction: ${poolerAdvice(url === directUrl)}`)];
  if (pooler !== 'transaction' && url !== directUrl && (await isTransactionPooler(url)))
    return [bad('pooler', 'DATABASE_URL leads through one that works by the transaction: set DATABASE_POOLER=transaction')];
  return [fine('pooler', pooler)];
}

async function checkWrites(database: Database): Promise<Finding> {
  return (await database.isWritable())
    ? fine('writes', 'taken')
    : bad('writes', 'the server is read-only: DATABASE_URL must lead to the primary');
}

function describeUnclaimed({ folder, bytes, dataDir }: UnclaimedCluster): string {
  const [id, size] = [path.basename(folder), `${(bytes / 1e6).toFixed(0)} MB`];
  return (
    `${folder} (${size}) is a database of ${dataDir ?? 'an unknown data folder'}, which does not lead to it. That folder may have moved, or be on a volume that is not mounted. ` +
    `If it is lost, use the database from another folder D: rm -f ${folder}/data/synap-owner.json; mkdir -p D/postgres; echo ${id} > D/postgres/cluster-id. ` +
    `Only if its data are of no use: rm -r ${folder}`
  );
}

/** Lists databases outside of all data folders, so that one whose data folder is lost can be found. */
function checkUnclaimed(): Finding[] {
  return listUnclaimedClusters().map((cluster) => fine('unclaimed', describeUnclaimed(cluster)));
}

async function checkMigrations(url: string): Promise<Finding> {
  const { state, pending, failed, unknown } = await migrationStatus(url, migrationsFolder);
  if (state === 'failed')
    return bad(
      'migrations',
      `${failed.join(', ')} failed: mend what it left, then run "npx prisma migrate resolve --applied <name>" (or --rolled-back)`,
    );
  if (state === 'pending')
    return bad('migrations', `${pending.length} pending (${pending.join(', ')}): run "npx prisma migrate deploy"`);
  if (unknown.length > 0)
    return bad(
      'migrations',
      `this version does not know ${unknown.join(', ')}: a newer Synap ran on this database; run that version or a later one`,
    );
  return fine('migrations', 'all applied');
}

async function checkMail(environment: Environment): Promise<Finding> {
  const { smtpUrl, dataDir, verifyEmail, signup } = environment;
  if (!smtpUrl) {
    const folder = outboxFolder(dataDir);
    const lost = verifyEmail && signup !== 'closed';
    const text = `no SMTP_URL: mails are written to ${folder}`;
    return lost ? bad('mail', `${text}, but VERIFY_EMAIL asks people for the link in one: set SMTP_URL`) : fine('mail', text);
  }
  const transport = createMailTransport(environment);
  try {
    await transport.verify();
    return fine('mail', new URL(smtpUrl).host);
  } catch (error) {
    return bad('mail', `${new URL(smtpUrl).host}: ${messageOf(error)}; check SMTP_URL and that the server takes mail from here`);
  } finally {
    transport.close();
  }
}

const graceMilliseconds = 3_600_000;

/** The newest backup must be younger than the last time one was due, but for an hour in which it may be on its way. */
async function checkBackups({ backup: { dir, schedule } }: Environment): Promise<Finding[]> {
  if (dir === undefined) return [];
  const remedy = 'look for the reason in the log, or run "synap backup"';
  try {
    const { backup, damaged } = await newestGood(dir);
    if (damaged.length > 0) return [bad('backup', `${damaged.join(', ')}: cannot be restored; check the disk, and ${remedy}`)];
    if (!backup) return [bad('backup', `no good backup in ${dir}: ${remedy}`)];
    const made = Date.parse(backup.manifest.createdAt);
    const due = lastDue(schedule, new Date(Date.now() - graceMilliseconds));
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

function checkAddress({ publicUrl, environment }: Environment): Finding[] {
  if (!publicUrl) return [];
  const { protocol, hostname } = new URL(publicUrl);
  const plain = protocol === 'http:' && hostname !== 'localhost' && hostname !== '127.0.0.1';
  if (plain)
    return [bad('address', `PUBLIC_URL ${publicUrl} is plain HTTP: browsers keep no sign-in cookie there; put HTTPS in front`)];
  return [fine('address', `${publicUrl} (${environment})`)];
}
