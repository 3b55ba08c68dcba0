import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';

/** Limits of the control group (a container or a service) of the server; null if there is none. */
export interface CgroupLimits {
  readonly memory: { readonly limit: number; readonly used: number } | null;
  /** CPU time in cores; may be a fraction. */
  readonly cores: number | null;
}

interface MemoryFiles {
  readonly limit: string;
  readonly usage: string;
  /** Key in `memory.stat` of the file cache that the kernel drops first. */
  readonly cache: string;
}
const memoryFiles = {
  v1: {
    limit: 'memory.limit_in_bytes',
    usage: 'memory.usage_in_bytes',
    cache: 'total_inactive_file',
  },
  v2: { limit: 'memory.max', usage: 'memory.current', cache: 'inactive_file' },
};

/**
 * Reads the limits from cgroup v2, or v1 if its controllers are in use. `root` stands for `/` in
 * tests.
 */
export async function readCgroupLimits(root = '/'): Promise<CgroupLimits> {
  const mount = join(root, 'sys/fs/cgroup');
  const paths = parseCgroupPaths(await textOf(join(root, 'proc/self/cgroup')));
  const unified = foldersUpTo(mount, paths.get('') ?? '/');
  const memoryV1 = paths.get('memory');
  const cpuV1 = paths.get('cpu');
  return {
    memory:
      memoryV1 === undefined
        ? await tightestMemory(unified, memoryFiles.v2)
        : await tightestMemory(foldersUpTo(join(mount, 'memory'), memoryV1), memoryFiles.v1),
    cores:
      cpuV1 === undefined
        ? await tightest(unified, async (folder) =>
            coresOf(...(await words(join(folder, 'cpu.max')))),
          )
        : await tightest(foldersUpTo(join(mount, 'cpu'), cpuV1), async (folder) =>
            coresOf(
              await textOf(join(folder, 'cpu.cfs_quota_us')),
              await textOf(join(folder, 'cpu.cfs_period_us')),
            ),
          ),
  };
}

/**
 * Returns the group's path for each controller in `/proc/self/cgroup`. That of cgroup v2 has an
 * empty name.
 */
function parseCgroupPaths(text: string): Map<string, string> {
  const paths = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, controllers, ...path] = line.split(':');
    for (const controller of controllers?.split(',') ?? []) paths.set(controller, path.join(':'));
  }
  return paths;
}

/**
 * Returns the group's folder and its parents, whose limits also apply. A container may not see all
 * of them.
 */
function foldersUpTo(mount: string, path: string): string[] {
  const folders = [mount];
  // A path with `..` is outside the visible groups.
  if (path.split('/').includes('..')) return folders;
  for (let folder = join(mount, path); folder.length > mount.length; folder = dirname(folder))
    folders.push(folder);
  return folders;
}

async function tightest(
  folders: readonly string[],
  read: (folder: string) => Promise<number | null>,
): Promise<number | null> {
  const limits = (await Promise.all(folders.map(read))).filter((limit) => limit !== null);
  return limits.length > 0 ? Math.min(...limits) : null;
}

async function tightestMemory(
  folders: readonly string[],
  files: MemoryFiles,
): Promise<CgroupLimits['memory']> {
  let found: CgroupLimits['memory'] = null;
  for (const folder of folders) {
    const limit = numberOf(await textOf(join(folder, files.limit)));
    // Version 1 expresses "no limit" as a number above any memory size.
    if (limit === null || limit >= Math.min(totalmem(), found?.limit ?? Number.POSITIVE_INFINITY))
      continue;
    const usage = numberOf(await textOf(join(folder, files.usage))) ?? 0;
    const stat = (await textOf(join(folder, 'memory.stat')))
      .split('\n')
      .map((line) => line.split(' '));
    const cache = numberOf(stat.find(([name]) => name === files.cache)?.[1] ?? '') ?? 0;
    found = { limit, used: Math.max(0, usage - cache) };
  }
  return found;
}

/** Divides time per period; "max" and -1 mean no limit. */
function coresOf(quota = '', period = ''): number | null {
  const [time, of] = [numberOf(quota), numberOf(period)];
  return time === null || of === null || time <= 0 || of <= 0 ? null : time / of;
}

const numberOf = (text: string): number | null =>
  /^\s*-?\d+\s*$/.test(text) ? Number(text) : null;
const words = async (path: string): Promise<string[]> => (await textOf(path)).trim().split(' ');
const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
