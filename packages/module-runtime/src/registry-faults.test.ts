import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ModuleCallError } from './call-error.js';
import { discoverModules } from './discovery/discover.js';
import type { ModuleRegistry } from './registry.js';
import { bareServer, findFixtures, fixturesFolder, startFixtures } from './testing/fixtures.js';

/** Long enough for a busy machine. */
const soon = { timeout: 10_000 };

const open: ModuleRegistry[] = [];
afterEach(async () => void (await Promise.all(open.splice(0).map((registry) => registry.close()))));

async function start(...[names, options]: Parameters<typeof startFixtures>) {
  const started = await startFixtures(names, options);
  open.push(started.registry);
  return started;
}
/** Starts a workbench. `call` resolves to a widget's data or to the kind of error. */
async function startWorkbench(options?: Parameters<typeof startFixtures>[1]) {
  const { registry, log } = await start(['synap-module-workbench'], options);
  await registry.settled();
  const call = (widgetId: string, deadlineMs?: number) =>
    registry.load({ moduleId: 'workbench', widgetId, params: {}, deadlineMs }).then(
      ({ data }) => data,
      (error: unknown) => (error instanceof ModuleCallError ? error : Promise.reject(error)),
    );
  return { registry, log, call, info: () => registry.get('workbench') };
}

const heirsSchema = z.object({ pids: z.tuple([z.number(), z.number()]) });

/** Also false for a process that has ended and waits for its parent. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('a module that fails while it works', () => {
  it.each([
    ['exits', 'exit', /exited by itself with code 3/],
    ['fills its heap', 'heap', /heap passed 64 MB/],
    ['fills the memory with Buffers', 'buffers', /more than 200 MB of memory/],
    ['fills the memory without ever yielding', 'buffers-in-one-go', /more than 200 MB of memory/],
  ])(
    '%s: the call rejects, the module shows as degraded, and the next call has it again',
    async (_, widgetId, reason) => {
      const { call, info } = await startWorkbench({
        limits: { heapMegabytes: 64, memoryMegabytes: 200 },
      });
      const error = await call(widgetId);
      expect(error).toMatchObject({
        kind: 'unavailable',
        message: expect.stringMatching(reason),
        retryAfter: 1,
      });
      expect(info()).toMatchObject({ status: 'degraded', error: expect.stringMatching(reason) });
      expect(await call('count')).toBe(1);
      expect(info()).toMatchObject({ status: 'ready' });
      expect(info()).not.toHaveProperty('error');
    },
  );

  it('exits: the programs that it started are killed, and streams that one of them holds open delay no caller', async () => {
    const { call, info } = await startWorkbench();
    const { pids } = heirsSchema.parse(await call('heirs'));
    const [inside, outside] = pids;
    try {
      await expect.poll(() => info()?.error, soon).toMatch(/exited by itself with code 3/);
      await expect.poll(() => isAlive(inside), soon).toBe(false);
      expect(await call('count')).toBe(1);
    } finally {
      process.kill(outside, 'SIGKILL');
    }
  });

  it('loops forever: the call rejects at its deadline, and the process is killed', async () => {
    const { call, log, info } = await startWorkbench({ limits: { graceMs: 200 } });
    expect(await call('spin', 300)).toMatchObject({ kind: 'timeout' });
    await expect.poll(() => info()?.error, soon).toMatch(/went on working after its deadline/);
    expect(await call('count')).toBe(1);
    expect(
      log.lines.some(({ level, message }) => level === 'error' && message === 'The module is down'),
    ).toBe(true);
  });

  it('ignores its signal: the process is killed after the grace period, and pending calls reject', async () => {
    const { call } = await startWorkbench({ limits: { graceMs: 200 } });
    const [late, other] = await Promise.all([call('stubborn', 300), call('patient')]);
    expect(late).toMatchObject({ kind: 'timeout' });
    expect(other).toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/went on working/),
    });
  });

  it('throws an uncaught exception: its process ends, and the next call starts another', async () => {
    const { call, info } = await startWorkbench();
    expect(await call('reject-later')).toBe('fine');
    await expect.poll(() => info()?.status, soon).toBe('degraded');
    expect(await call('count')).toBe(1);
  });

  it('crashes repeatedly: restarts back off, up to a minute', async () => {
    let now = 0;
    const { call, info } = await startWorkbench({ clock: { now: () => now } });
    for (const retryAfterMs of [0, 1_000, 2_000, 4_000, 60_000]) {
      expect(await call('exit')).toMatchObject({
        kind: 'unavailable',
        message: expect.stringMatching(/exited/),
      });
      await expect.poll(() => info()?.status, soon).toBe('degraded');
      if (retryAfterMs === 0) continue;
      now += retryAfterMs - 1;
      expect(await call('count')).toMatchObject({ kind: 'unavailable', retryAfter: 1 });
      now += 1;
    }
    expect(await call('count')).toBe(1);
    expect(info()?.status).toBe('ready');
  });

  it('floods its console: the log has 200 lines a second under its id, and errors in any case', async () => {
    const { call, log } = await startWorkbench();
    expect(await call('chatter')).toBe('said');
    await call('throw');
    await expect
      .poll(() => JSON.stringify(log.lines.filter(({ level }) => level === 'error')), soon)
      .toContain('canary-of-a-raw-error');
    await expect
      .poll(
        () =>
          log.lines.find(({ message }) => /^\d+ lines of the module were dropped$/.test(message)),
        soon,
      )
      .toBeDefined();
    const said = log.lines.filter(({ message }) => message.startsWith('line '));
    expect(said[0]?.fields).toEqual({ module: 'workbench' });
    expect(said.length).toBeLessThan(5_000);
  });
});

describe('a module that never starts', () => {
  it.each([
    ['throws-at-import', /^Error: no such luck$/],
    ['exits-at-import', /exited by itself with code 0/],
    ['hangs-at-import', /did not start within 6 s/],
    ['no-module', /default export is not a module/],
    ['dated', /dataSchema of widget when .*Date cannot be represented/],
  ])(
    'is shown as failed with the reason, and does not affect the others (%s)',
    async (name, reason) => {
      const { registry } = await start([name, 'synap-module-workbench'], {
        limits: { startMs: 6_000 },
      });
      expect(await registry.load({ moduleId: 'workbench', widgetId: 'count', params: {} })).toEqual(
        {
          data: 1,
          maxAge: 10,
        },
      );
      await registry.settled();
      expect(registry.get(name)).toMatchObject({
        status: 'failed',
        error: expect.stringMatching(reason),
        widgets: [],
      });
      const call = registry.load({
        moduleId: name,
        widgetId: 'any',
        params: {},
        deadlineMs: 1_000,
      });
      await expect(call).rejects.toBeInstanceOf(ModuleCallError);
    },
  );

  it('is shown as failed without running if it was made for another SDK, names no file or is not a module', async () => {
    const discovered = await discoverModules({ from: bareServer, modulesDir: fixturesFolder });
    const refused = discovered.filter(({ kind }) => kind === 'refused');
    const { registry } = await start([], { discovered: refused });
    expect(registry.list().map(({ id, status, error }) => [id, status, error])).toEqual([
      ['missing-entry', 'failed', expect.stringMatching(/names no file to import/)],
      ['other-sdk', 'failed', 'It was made for SDK 2; this server runs modules of SDK 1'],
      ['plain-package', 'failed', expect.stringMatching(/"synap": { "sdk": "1" }/)],
    ]);
    await expect(
      registry.load({ moduleId: 'other-sdk', widgetId: 'any', params: {} }),
    ).rejects.toMatchObject({
      kind: 'unavailable',
    });
  });

  it('is shown as failed, both times, if two packages claim one id', async () => {
    const { registry } = await start(['twin-a', 'twin-b']);
    await registry.settled();
    expect(registry.list()).toHaveLength(2);
    for (const info of registry.list()) {
      expect(info).toMatchObject({
        id: 'twin',
        status: 'failed',
        error: expect.stringMatching(/twin-a .* and twin-b .*: remove all but one$/),
      });
    }
  });

  it.each([
    [{}, /^SYNAP_NEEDY_FEED_URLS is not set: /],
    [
      { SYNAP_NEEDY_FEED_URLS: 'https://a.example/feed, nonsense' },
      /^SYNAP_NEEDY_FEED_URLS \(at 1\): Invalid URL\. Correct it and start the server again$/,
    ],
    [
      { SYNAP_NEEDY_FEED_URLS: 'https://a.example/feed', SYNAP_NEEDY_MAX_ITEMS: 'ten' },
      /^SYNAP_NEEDY_MAX_ITEMS: .*expected number/,
    ],
    [
      { SYNAP_NEEDY_FEED_URLS: 'https://a.example/feed', SYNAP_NEEDY_ACCESS: 'everbody' },
      /^SYNAP_NEEDY_ACCESS: "everbody" is not an e-mail address: use everyone/,
    ],
  ])(
    'shows as failed with the variable to correct when it is configured wrongly %#',
    async (environment, error) => {
      const { registry } = await start(['needy'], { environment });
      await registry.settled();
      expect(registry.get('needy')).toMatchObject({
        status: 'failed',
        error: expect.stringMatching(error),
      });
    },
  );

  it('starts once its variables are valid', async () => {
    const environment = {
      SYNAP_NEEDY_FEED_URLS: 'https://a.example/feed',
      SYNAP_NEEDY_MAX_ITEMS: '7',
      SYNAP_NEEDY_ACCESS: 'Ann@example.org',
    };
    const { registry } = await start(['needy'], { environment });
    await registry.settled();
    expect(registry.get('needy')).toMatchObject({
      status: 'ready',
      access: { kind: 'users', emails: ['ann@example.org'] },
    });
  });
});

describe('the registry', () => {
  it('does not wait for modules to start, and shows them as degraded until then', async () => {
    const discovered = await findFixtures('synap-module-workbench');
    const { registry } = await start([], { discovered });
    expect(registry.list()).toMatchObject([
      { id: 'workbench', status: 'degraded', error: 'It is starting' },
    ]);
  });

  it('ends every process on close, and rejects later calls', async () => {
    const { registry, call } = await startWorkbench();
    const data = await call('surroundings');
    const pid =
      typeof data === 'object' && data !== null && 'pid' in data ? Number(data.pid) : Number.NaN;
    const pending = call('patient');
    await call('count');
    await registry.close();
    expect(await pending).toMatchObject({
      kind: 'unavailable',
      message: "The module's process was ended with the server",
    });
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    expect(await call('count')).toMatchObject({ kind: 'unavailable' });
  });

  it('kills a module that does not exit on close', async () => {
    const { registry, call } = await startWorkbench({ limits: { graceMs: 100 } });
    const spinning = call('spin');
    await registry.close();
    expect(await spinning).toMatchObject({ kind: 'unavailable' });
  });
});
