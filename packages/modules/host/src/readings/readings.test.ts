import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sampleCpu, usageBetween } from './cpu.js';
import { parseMounts, readDisks } from './disks.js';
import { parseMeminfo, readMemory } from './memory.js';

const never = new AbortController().signal;

describe('the processors', () => {
  it('have the usage of their counters', () => {
    const before = [
      { idle: 1_000, total: 2_000 },
      { idle: 1_000, total: 2_000 },
    ];
    const after = [
      { idle: 1_075, total: 2_100 },
      { idle: 1_000, total: 2_100 },
    ];
    expect(usageBetween(before, after)).toEqual({ usage: 62.5, cores: [25, 100] });
  });

  it('count as idle without elapsed time, for a new core, and without cores', () => {
    const still = [{ idle: 5, total: 9 }];
    expect(usageBetween(still, still)).toEqual({ usage: 0, cores: [0] });
    expect(usageBetween([], still)).toEqual({ usage: 0, cores: [0] });
    expect(usageBetween([], [])).toEqual({ usage: 0, cores: [] });
  });

  it('show work during the sample', async () => {
    let watching = true;
    const sample = sampleCpu(300, never).finally(() => {
      watching = false;
    });
    // Busy, but lets the timer of the sample fire.
    while (watching) {
      for (const end = performance.now() + 20; performance.now() < end; );
      await new Promise(setImmediate);
    }
    const { usage, cores } = await sample;
    expect(cores).toHaveLength(cpus().length);
    expect(usage).toBeGreaterThan(50 / cpus().length);
  });

  it('stop the sample when the load is aborted', async () => {
    await expect(sampleCpu(60_000, AbortSignal.abort())).rejects.toThrow(/aborted/);
  });
});

describe('the memory', () => {
  it('is read from /proc/meminfo', () => {
    const text = [
      'MemTotal:       1000 kB',
      'MemFree:         100 kB',
      'MemAvailable:    250 kB',
      'SwapTotal:  80 kB',
      'SwapFree:   60 kB',
    ];
    expect(parseMeminfo(text.join('\n'))).toEqual({
      total: 1_024_000,
      available: 256_000,
      used: 768_000,
      usedPercent: 75,
      swapTotal: 81_920,
      swapUsed: 20_480,
    });
    expect(parseMeminfo('MemTotal: 1000 kB')).toBeUndefined();
  });

  it('is read from Node.js without /proc/meminfo', async () => {
    const memory = await readMemory('/nonexistent');
    expect(memory).toMatchObject({ total: totalmem(), swapTotal: 0 });
    expect(memory.used + memory.available).toBe(memory.total);
  });
});

describe('the disks', () => {
  it('are the mounts that store data on this machine, each device once', () => {
    const mounts = [
      'overlay / overlay rw 0 0',
      'proc /proc proc rw 0 0',
      'tmpfs /run tmpfs rw 0 0',
      '/dev/sda1 /etc/hosts ext4 rw 0 0',
      '/dev/sda1 /srv ext4 rw 0 0',
      '/dev/sdb1 /media/My\\040Disk\\134x ext4 rw 0 0',
      '/dev/loop0 /snap/x squashfs ro 0 0',
      'server:/export /mnt/nfs nfs4 rw 0 0',
      '//server/share /mnt/smb cifs rw 0 0',
      'user@server: /mnt/ssh fuse.sshfs rw 0 0',
      'tank/home /home zfs rw 0 0',
      '',
    ];
    expect(
      parseMounts(mounts.join('\n')).map((device) =>
        device.map(({ point, type }) => `${point} ${type}`),
      ),
    ).toEqual([
      ['/ overlay'],
      ['/srv ext4', '/etc/hosts ext4'],
      ['/media/My Disk\\x ext4'],
      ['/home zfs'],
    ]);
  });

  it('have real sizes', async () => {
    const root = (await readDisks()).find(({ mount }) => mount === '/');
    const { blocks, bsize } = await statfs('/');
    expect(root?.total).toBe(blocks * bsize);
    expect(root && root.used + root.available).toBeLessThanOrEqual(blocks * bsize);
  });

  it('include a volume with a longer path than single files of the same device', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'synap-host-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const volume = join(folder, 'var/lib/application/data');
    mkdirSync(volume, { recursive: true });
    const mounts = join(folder, 'mounts');
    const points = [mounts, volume, join(volume, 'again'), join(folder, 'gone')];
    writeFileSync(mounts, points.map((point) => `/dev/a ${point} ext4 rw 0 0\n`).join(''));
    expect((await readDisks(mounts)).map(({ mount }) => mount)).toEqual([volume]);
  });

  it('are only the root if the mounts cannot be read, and exclude files and missing folders', async () => {
    expect((await readDisks('/nonexistent')).map(({ mount }) => mount)).toEqual(['/']);
    const folder = mkdtempSync(join(tmpdir(), 'synap-host-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const mounts = join(folder, 'mounts');
    writeFileSync(
      mounts,
      `/dev/a ${mounts} ext4 rw 0 0\n/dev/b ${folder}/gone ext4 rw 0 0\n/dev/c ${folder} ext4 rw 0 0\n`,
    );
    expect((await readDisks(mounts)).map(({ mount }) => mount)).toEqual([folder]);
  });
});
