import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { query } from '../temporary.test.support.js';
import { runsAsRoot } from './account.js';
import { ensureDatabase } from './ensure.js';
import { filled, useInstallations } from './installations.test.support.js';
import { spawnOwner } from './owner.test.support.js';
import { removeCluster } from './remove.js';
import { listUnclaimedClusters } from './unclaimed.js';

const { at, start, fill, answer, refusal, copy } = useInstallations();

/** Prepares a data folder whose cluster will be stored outside it. */
type Place = (dataDir: string) => void;

const behindLink: Place = (dataDir) => {
  mkdirSync(at('volume'), { mode: 0o711 });
  mkdirSync(dataDir, { mode: 0o711 });
  symlinkSync(at('volume'), path.join(dataDir, 'postgres'));
};

/**
 * Closes the parents of the data folder to two groups, so that PostgreSQL's account cannot be let
 * in.
 */
const belowSystemFolder: Place = (dataDir) => {
  mkdirSync(dataDir, { mode: 0o700 });
  chmodSync(at('.'), 0o700);
  chownSync(dataDir, 0, 12_345);
};

const places: [string, Place][] = [
  ['behind a link', behindLink],
  ...(runsAsRoot() ? [['below /var/lib/synap', belowSystemFolder] satisfies [string, Place]] : []),
];

describe.each(places)('a data folder whose database is %s', (_, make) => {
  beforeEach(() => make(at('original')));

  it('keeps its data over restarts and when it is moved', async () => {
    const { folder: base } = await fill(at('original'));
    expect(base.startsWith(at('original'))).toBe(false);
    const again = await start(at('original'));
    expect(await answer(again)).toEqual(filled);
    await again.stop();
    renameSync(at('original'), at('moved'));
    expect(await answer(await start(at('moved')))).toEqual(filled);
  });

  it('is refused as a copy, and the original goes on', async () => {
    const { folder: base } = await fill(at('original'));
    copy('original', 'copy');
    expect(await refusal(at('copy'))).toContain(`belongs to the data folder ${at('original')}`);
    await expect(ensureDatabase({ dataDir: at('copy') })).rejects.toThrow(
      'is a copy of that folder',
    );
    expect(() => removeCluster(at('copy'))).toThrow('is a copy of that folder');
    const original = await start(at('original'));
    expect(await refusal(at('copy'))).toContain('is a copy of that folder');
    expect(await answer(original)).toEqual(filled);
    expect(original.folder).toBe(base);
  });

  it('is refused as the remains of a moved one', async () => {
    await fill(at('original'));
    copy('original', 'copy');
    renameSync(at('original'), at('moved'));
    const guest = await ensureDatabase({ dataDir: at('moved'), durable: false });
    expect(await query(guest.url, 'SELECT answer FROM kept')).toEqual(filled);
    await guest.release();
    renameSync(at('copy'), at('original'));
    expect(await refusal(at('original'))).toContain(`belongs to the data folder ${at('moved')}`);
  });

  it('is refused as a copy while the original is away, if that was started since', async () => {
    await fill(at('original'));
    copy('original', 'copy');
    await (await start(at('original'))).stop();
    renameSync(at('original'), at('away'));
    expect(await refusal(at('copy'))).toContain('was started again since this folder was copied');
    renameSync(at('away'), at('original'));
    expect(await answer(await start(at('original')))).toEqual(filled);
  });

  it('goes to one of two copies that start at once after the original is gone', async () => {
    await fill(at('original'));
    copy('original', 'copy');
    renameSync(at('original'), at('other'));
    const rivals = ['copy', 'other'].map((name) => spawnOwner(at(name)));
    const outcomes = await Promise.all(rivals.map((rival) => rival.started));
    for (const rival of rivals) if (rival.child.exitCode === null) await rival.end('SIGTERM');
    expect(outcomes.filter(({ error }) => error === undefined)).toHaveLength(1);
    const loser = outcomes.findIndex(({ error }) => error !== undefined);
    expect(await refusal(at(['copy', 'other'][loser] ?? ''))).toContain('is a copy of that folder');
  });

  it('goes to the copy once the record that the refusal names is deleted, and the original is refused', async () => {
    await fill(at('original'));
    copy('original', 'copy');
    const record = /delete (\S+) and start here/.exec(await refusal(at('copy')))?.[1] ?? '';
    rmSync(record);
    expect(await answer(await start(at('copy')))).toEqual(filled);
    expect(await refusal(at('original'))).toContain(`belongs to the data folder ${at('copy')}`);
  });

  it('gets a database of its own when a copy follows the refusal', async () => {
    const { folder: base } = await fill(at('original'));
    copy('original', 'copy');
    const advice = await refusal(at('copy'));
    if (runsAsRoot()) chownSync(at('copy'), 0, 0);
    const [, files, target, id] = /copy (\S+) to (\S+) and delete (\S+)\.\n/.exec(advice) ?? [];
    const [, link] = /replace the link (\S+) by a copy of the folder/.exec(advice) ?? [];
    if (link) rmSync(link);
    execFileSync('cp', ['-a', link ? base : (files ?? ''), link ?? target ?? '']);
    if (id) rmSync(id);
    const [second, first] = [await start(at('copy')), await start(at('original'))];
    expect(second.folder).toBe(at('copy/postgres'));
    await query(second.url, 'DROP TABLE kept');
    expect(await answer(first)).toEqual(filled);
  });
});

it('refuses a copy that leads to the same database by a link inside its folder', async () => {
  await fill(at('original'));
  renameSync(at('original/postgres/data'), at('volume'));
  symlinkSync(at('volume'), at('original/postgres/data'));
  expect(await answer(await start(at('original')))).toEqual(filled);
  copy('original', 'copy');
  expect(await refusal(at('copy'))).toContain(
    `replace the link ${at('copy/postgres/data')} by a copy`,
  );
});

describe.runIf(runsAsRoot())('a database below /var/lib/synap', () => {
  beforeEach(() => belowSystemFolder(at('original')));

  it('outlives the first starts of other installations, wherever its data folder is meanwhile', async () => {
    const { folder: base } = await fill(at('original'));
    for (const name of ['moved', 'original']) {
      renameSync(at(name === 'moved' ? 'original' : 'moved'), at(name));
      belowSystemFolder(at('other'));
      expect((await fill(at('other'))).folder).not.toBe(base);
      removeCluster(at('other'));
      rmSync(at('other'), { recursive: true });
    }
    expect(await answer(await start(at('original')))).toEqual(filled);
  });

  it('is listed when no data folder leads to it, and can be used from a new one', async () => {
    const { folder: base } = await fill(at('original'));
    const listed = () => listUnclaimedClusters().filter((cluster) => cluster.folder === base);
    expect(listed()).toEqual([]);
    renameSync(at('original'), at('away'));
    expect(listed()).toEqual([
      { folder: base, dataDir: at('original'), bytes: expect.any(Number) },
    ]);
    rmSync(path.join(base, 'data/synap-owner.json'));
    mkdirSync(at('other/postgres'), { recursive: true });
    writeFileSync(at('other/postgres/cluster-id'), `${path.basename(base)}\n`);
    expect(await answer(await start(at('other')))).toEqual(filled);
    expect(listed()).toEqual([]);
  });

  it('is refused when it is gone, also with its folder', async () => {
    const { folder: base } = await fill(at('original'));
    renameSync(path.join(base, 'data'), at('away'));
    expect(await refusal(at('original'))).toContain(`its folder ${base}/data does not exist`);
    rmSync(base, { recursive: true });
    expect(await refusal(at('original'))).toContain(`its folder ${base}/data does not exist`);
    expect(existsSync(base)).toBe(false);
    mkdirSync(base, { mode: 0o711 });
    renameSync(at('away'), path.join(base, 'data'));
    expect(await answer(await start(at('original')))).toEqual(filled);
  });

  it('is found again when its id was lost', async () => {
    const { folder: base } = await fill(at('original'));
    rmSync(at('original/postgres/cluster-id'));
    expect(await refusal(at('original'))).toContain(
      `Restore the file ${at('original/postgres/cluster-id')}, whose only line is ${path.basename(base)}.`,
    );
    writeFileSync(at('original/postgres/cluster-id'), `${path.basename(base)}\n`);
    expect(await answer(await start(at('original')))).toEqual(filled);
  });

  it('of an earlier version keeps to its origin: a copy is refused, a moved folder is not', async () => {
    const { folder: base } = await fill(at('original'));
    rmSync(path.join(base, 'data/synap-owner.json'));
    rmSync(at('original/database.json'));
    writeFileSync(path.join(base, 'origin'), `${realpathSync(at('original/postgres'))}\n`);
    copy('original', 'copy');
    expect(await refusal(at('copy'))).toContain(`delete ${base}/origin and start here`);
    renameSync(at('original'), at('moved'));
    expect(await answer(await start(at('moved')))).toEqual(filled);
    expect(await refusal(at('copy'))).toContain(`belongs to the data folder ${at('moved')}`);
  });
});
