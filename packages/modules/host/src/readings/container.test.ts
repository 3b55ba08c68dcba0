import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readCgroupLimits } from './cgroup.js';
import { readCores } from './cores.js';
import { readScope } from './scope.js';

/** Creates a folder with these files that stands for `/`. */
function makeRoot(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'synap-cgroup-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${text}\n`);
  }
  return root;
}

const group = 'sys/fs/cgroup';

describe('the limits of the control group', () => {
  it.each([
    [
      'version 2, in a container that sees its own group as the root',
      {
        'proc/self/cgroup': '0::/',
        [`${group}/memory.max`]: '50000000',
        [`${group}/memory.current`]: '30000000',
        [`${group}/memory.stat`]: 'anon 1\ninactive_file 10000000',
        [`${group}/cpu.max`]: '150000 100000',
      },
      { memory: { limit: 50_000_000, used: 20_000_000 }, cores: 1.5 },
    ],
    [
      'version 2, where a group above is tighter',
      {
        'proc/self/cgroup': '0::/a.slice/b.service',
        [`${group}/a.slice/memory.max`]: '40000000',
        [`${group}/a.slice/memory.current`]: '30000000',
        [`${group}/a.slice/cpu.max`]: '50000 100000',
        [`${group}/a.slice/b.service/memory.max`]: '60000000',
        [`${group}/a.slice/b.service/memory.current`]: '10000000',
        [`${group}/a.slice/b.service/cpu.max`]: 'max 100000',
      },
      { memory: { limit: 40_000_000, used: 30_000_000 }, cores: 0.5 },
    ],
    [
      'version 2 without limits',
      {
        'proc/self/cgroup': '0::/x',
        [`${group}/x/memory.max`]: 'max',
        [`${group}/x/cpu.max`]: 'max 100000',
      },
      { memory: null, cores: null },
    ],
    [
      'version 1, in a container that does not see the path of its group',
      {
        'proc/self/cgroup':
          '12:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc\n0::/system.slice',
        [`${group}/memory/memory.limit_in_bytes`]: '50000000',
        [`${group}/memory/memory.usage_in_bytes`]: '30000000',
        [`${group}/memory/memory.stat`]: 'cache 1\ninactive_file 5\ntotal_inactive_file 10000000',
        [`${group}/cpu/cpu.cfs_quota_us`]: '200000',
        [`${group}/cpu/cpu.cfs_period_us`]: '100000',
      },
      { memory: { limit: 50_000_000, used: 20_000_000 }, cores: 2 },
    ],
    [
      'version 1 without limits',
      {
        'proc/self/cgroup': '12:memory:/\n4:cpu,cpuacct:/',
        [`${group}/memory/memory.limit_in_bytes`]: '9223372036854771712',
        [`${group}/cpu/cpu.cfs_quota_us`]: '-1',
        [`${group}/cpu/cpu.cfs_period_us`]: '100000',
      },
      { memory: null, cores: null },
    ],
    [
      'a group outside the visible ones',
      { 'proc/self/cgroup': '0::/../x', [`${group}/memory.max`]: 'max' },
      { memory: null, cores: null },
    ],
    ['no control groups at all', {}, { memory: null, cores: null }],
  ])('are read: %s', async (_, files: Record<string, string>, limits) => {
    expect(await readCgroupLimits(makeRoot(files))).toEqual(limits);
  });

  it('are those of this process on the real machine', async () => {
    const { memory, cores } = await readCgroupLimits();
    expect(memory?.limit ?? 1).toBeGreaterThan(0);
    expect(memory?.limit ?? 0).toBeLessThanOrEqual(totalmem());
    expect(cores ?? 1).toBeGreaterThan(0);
  });
});

describe('the cores', () => {
  const canSetAffinity =
    cpus().length > 1 && spawnSync('taskset', ['-p', `${process.pid}`]).status === 0;

  it.skipIf(!canSetAffinity)(
    'are all that the load counts, and those that the server may use apart from them',
    async () => {
      const taskset = (...args: string[]) => execFileSync('taskset', args, { encoding: 'utf8' });
      const [, before = ''] = taskset('-p', `${process.pid}`).trim().split(': ');
      taskset('-p', '1', `${process.pid}`);
      onTestFinished(() => void taskset('-p', before, `${process.pid}`));
      expect(availableParallelism()).toBe(1);
      const { cores, usableCores } = await readCores();
      expect(cores).toBe(cpus().length);
      expect(usableCores).toBeLessThanOrEqual(1);
    },
  );
});

describe('the scope', () => {
  it('is the machine, unless LXCFS provides the file', async () => {
    const root = makeRoot({
      plain: 'proc /proc proc rw 0 0\noverlay / overlay rw 0 0',
      lxc: 'proc /proc proc rw 0 0\nlxcfs /proc/meminfo fuse.lxcfs rw 0 0',
    });
    expect(await readScope('/proc/meminfo', join(root, 'plain'))).toBe('machine');
    expect(await readScope('/proc/meminfo', join(root, 'lxc'))).toBe('container');
    expect(await readScope('/proc/stat', join(root, 'lxc'))).toBe('machine');
    expect(await readScope('/proc/stat', join(root, 'gone'))).toBe('machine');
  });
});
