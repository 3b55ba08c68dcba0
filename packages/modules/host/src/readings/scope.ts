import { readFile } from 'node:fs/promises';
import { z } from 'zod';

export const scopeSchema = z
  .enum(['machine', 'container'])
  .describe(
    "Whose values these are: the machine's, also inside Docker, or the container's if LXCFS provides them.",
  );
export type Scope = z.output<typeof scopeSchema>;

/** Linux shows a container the whole machine in `/proc`, unless LXCFS is mounted over the file. */
export async function readScope(
  file: '/proc/meminfo' | '/proc/stat' | '/proc/loadavg',
  mounts = '/proc/mounts',
): Promise<Scope> {
  const text = await readFile(mounts, 'utf8').catch(() => '');
  const isVirtual = text.split('\n').some((line) => {
    const [, point, type] = line.split(' ');
    return point === file && type === 'fuse.lxcfs';
  });
  return isVirtual ? 'container' : 'machine';
}
