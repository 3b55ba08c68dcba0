import { readFile, stat, statfs } from 'node:fs/promises';
import { parse } from 'node:path';
import { percent } from './percent.js';

/** Bytes, except `usedPercent`. */
export interface Disk {
  readonly mount: string;
  readonly type: string;
  readonly total: number;
  readonly used: number;
  /** Bytes that an unprivileged user can still write. */
  readonly available: number;
  readonly usedPercent: number;
}

export interface Mount {
  readonly device: string;
  readonly point: string;
  readonly type: string;
}

/**
 * File systems that store data on a disk of this machine. Querying a network file system could
 * hang; kernel file systems have no size.
 */
const diskTypes = new Set([
  'ext2',
  'ext3',
  'ext4',
  'xfs',
  'btrfs',
  'zfs',
  'f2fs',
  'jfs',
  'bcachefs',
  'vfat',
  'exfat',
  'ntfs',
  'ntfs3',
  'fuseblk',
]);

/**
 * Parses the mounts of `/proc/mounts` that are disks, by device, shortest paths first; the root of
 * any type. A container mounts single files such as `/etc/hosts` from the device of its volumes, so
 * the shortest path need not be a folder.
 */
export function parseMounts(text: string): Mount[][] {
  const byDevice = new Map<string, Mount[]>();
  for (const line of text.split('\n')) {
    const [device = '', point = '', type = ''] = line.split(' ').map(unescapeMount);
    if (diskTypes.has(type) || point === '/')
      byDevice.set(device, [...(byDevice.get(device) ?? []), { device, point, type }]);
  }
  return [...byDevice.values()].map((mounts) =>
    mounts.sort((a, b) => a.point.length - b.point.length),
  );
}

/** Blanks and some other characters are octal numbers in it (proc(5)). */
const unescapeMount = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );

/**
 * Reads the disks of this machine, each device once. Only the root if the mounts cannot be read.
 */
export async function readDisks(path = '/proc/mounts'): Promise<Disk[]> {
  const devices = parseMounts(await readFile(path, 'utf8').catch(() => ''));
  const disks = (await Promise.all(devices.map(readFirst))).flatMap((disk) => disk ?? []);
  if (disks.length > 0) return disks.sort((a, b) => (a.mount < b.mount ? -1 : 1));
  const root = await readDisk({ device: '', point: parse(process.execPath).root, type: 'unknown' });
  return root ? [root] : [];
}

async function readFirst(mounts: readonly Mount[]): Promise<Disk | undefined> {
  for (const mount of mounts) {
    const disk = await readDisk(mount);
    if (disk) return disk;
  }
  return undefined;
}

/**
 * Undefined if the server has no access, or if it is not a directory, such as a file mounted into a
 * container.
 */
async function readDisk({ point, type }: Mount): Promise<Disk | undefined> {
  try {
    if (!(await stat(point)).isDirectory()) return undefined;
    const { bsize, blocks, bfree, bavail } = await statfs(point);
    const used = (blocks - bfree) * bsize;
    const available = bavail * bsize;
    return {
      mount: point,
      type,
      total: blocks * bsize,
      used,
      available,
      usedPercent: percent(used, used + available),
    };
  } catch {
    return undefined;
  }
}
