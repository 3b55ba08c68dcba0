import { stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Environment } from '../config/env.js';
import { resolveSecrets, secretFolder } from '../config/secrets.js';
import { bad, type Finding, fine, messageOf } from './finding.js';

export function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > 20 || (major === 20 && minor >= 19);
  return enough
    ? fine('node', process.versions.node)
    : bad('node', `${process.versions.node}: install Node 20.19 or newer`);
}

const leastBytes = 500_000_000;

export async function checkDisk({ dataDir }: Environment): Promise<Finding> {
  const disk = await statfs(dataDir).catch((error: unknown) => messageOf(error));
  if (typeof disk === 'string') return bad('disk', disk);
  const { bavail, bsize } = disk;
  const free = bavail * bsize;
  const text = `${(free / 1e9).toFixed(1)} GB free`;
  return free >= leastBytes
    ? fine('disk', text)
    : bad(
        'disk',
        `${text}: PostgreSQL stops when the disk is full; make room or move SYNAP_DATA_DIR`,
      );
}

export async function checkSecrets(environment: Environment): Promise<Finding> {
  try {
    await resolveSecrets(environment);
  } catch (error) {
    return bad('secrets', messageOf(error));
  }
  if (Object.values(environment.secrets).every((secret) => secret !== undefined))
    return fine('secrets', 'from the environment');
  const folder = secretFolder(environment.dataDir);
  const { mode } = await stat(path.join(folder, 'access-token'));
  return (mode & 0o077) === 0
    ? fine('secrets', `in ${folder}`)
    : bad('secrets', `others may read ${folder}: run chmod -R go= ${folder}`);
}

export function checkAddress({ publicUrl, environment }: Environment): Finding[] {
  if (!publicUrl) return [];
  const { protocol, hostname } = new URL(publicUrl);
  const plain = protocol === 'http:' && hostname !== 'localhost' && hostname !== '127.0.0.1';
  if (plain)
    return [
      bad(
        'address',
        `PUBLIC_URL ${publicUrl} is plain HTTP: browsers do not store the sign-in cookie there; put HTTPS in front`,
      ),
    ];
  return [fine('address', `${publicUrl} (${environment})`)];
}
