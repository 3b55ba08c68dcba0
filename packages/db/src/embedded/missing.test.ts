import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { query } from '../temporary.test.support.js';
import { runsAsRoot } from './account.js';
import { filled, useInstallations } from './installations.test.support.js';
import { spawnOwner } from './owner.test.support.js';

const { at, start, fill, answer, refusal } = useInstallations();

/** Creates a data folder whose stopped database holds a table. */
async function filledFolder(): Promise<string> {
  await fill(at('data'));
  return at('data');
}

/** Lists every path of the data folder. */
const listing = (dataDir: string) => readdirSync(dataDir, { recursive: true }).map(String).sort();

describe('a data folder whose database is gone', () => {
  const remove = (folder: string) => rmSync(folder, { recursive: true });
  const losses: [string, (postgres: string) => void][] = [
    ['deleted', (postgres) => remove(`${postgres}/data`)],
    [
      'emptied',
      (postgres) => {
        remove(`${postgres}/data`);
        mkdirSync(`${postgres}/data`);
      },
    ],
    ['deleted with the folder above it', remove],
    [
      'behind a link that leads nowhere',
      (postgres) => {
        renameSync(postgres, `${postgres}.away`);
        symlinkSync('/nowhere', postgres);
      },
    ],
    [
      'itself such a link',
      (postgres) => {
        remove(`${postgres}/data`);
        symlinkSync('/nowhere', `${postgres}/data`);
      },
    ],
    ['without PG_VERSION', (postgres) => rmSync(`${postgres}/data/PG_VERSION`)],
  ];

  it.each(losses)('is refused when it was %s, and nothing changes', async (_, lose) => {
    const dataDir = await filledFolder();
    lose(path.join(dataDir, 'postgres'));
    const before = listing(dataDir);
    expect(await refusal(dataDir)).toMatch(/postgres(\/data)?\b.*[Rr]estore/s);
    expect(listing(dataDir)).toEqual(before);
  });

  it('is refused when an earlier version made it, which wrote no marker', async () => {
    const dataDir = await filledFolder();
    rmSync(path.join(dataDir, 'database.json'));
    rmSync(path.join(dataDir, 'postgres/data'), { recursive: true });
    expect(await refusal(dataDir)).toContain(`its folder ${dataDir}/postgres/data does not exist`);
  });

  it('starts again with the database that was restored', async () => {
    const dataDir = await filledFolder();
    renameSync(path.join(dataDir, 'postgres/data'), path.join(dataDir, 'away'));
    await refusal(dataDir);
    renameSync(path.join(dataDir, 'away'), path.join(dataDir, 'postgres/data'));
    expect(await answer(await start(dataDir))).toEqual(filled);
  });

  it('begins with an empty one once the remains that the error names are moved away', async () => {
    const dataDir = await filledFolder();
    rmSync(path.join(dataDir, 'postgres/data'), { recursive: true });
    const named = /move away (.*) and (.*)\.$/.exec(await refusal(dataDir))?.slice(1) ?? [];
    expect(named).toEqual([path.join(dataDir, 'postgres'), path.join(dataDir, 'database.json')]);
    for (const remains of named) renameSync(remains, `${remains}.old`);
    const { url } = await start(dataDir);
    expect(await query(url, `SELECT to_regclass('kept') AS found`)).toEqual([{ found: null }]);
  });

  it('is refused when its id names no cluster, also without other remains', async () => {
    const dataDir = at('data');
    mkdirSync(path.join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(path.join(dataDir, 'postgres/cluster-id'), `${'0'.repeat(24)}\n`);
    expect(await refusal(dataDir)).toContain(
      `/var/lib/synap/${'0'.repeat(24)}/data does not exist`,
    );
  });
});

describe('a folder with files that are no whole cluster', () => {
  it('is neither replaced nor deleted by a first start', async () => {
    const dataDir = at('data');
    mkdirSync(path.join(dataDir, 'postgres/data/base'), { recursive: true });
    expect(await refusal(dataDir)).toContain('PG_VERSION is missing');
    expect(listing(dataDir)).toEqual(['postgres', 'postgres/data', 'postgres/data/base']);
  });
});

describe('a database that this account cannot read', () => {
  const ordinary = { uid: 1, gid: 1 };

  it('is not taken for a missing one', async () => {
    const dataDir = await filledFolder();
    const closed = path.join(dataDir, 'postgres/data');
    const account = runsAsRoot() ? ordinary : undefined;
    const before = listing(path.dirname(dataDir));
    if (account) for (const folder of [dataDir, path.dirname(closed)]) chmodSync(folder, 0o777);
    else chmodSync(closed, 0);
    const { error } = await spawnOwner(dataDir, { account }).started;
    expect(error).toMatch(/belongs to another account.*chown -R \d+:\d+ /s);
    if (!account) chmodSync(closed, 0o700);
    expect(listing(path.dirname(dataDir))).toEqual(before);
    expect(await answer(await start(dataDir))).toEqual(filled);
  });
});

describe('a first start that was killed', () => {
  it('is repeated by the next one', async () => {
    const dataDir = at('data');
    mkdirSync(path.join(dataDir, 'postgres'), { recursive: true, mode: 0o711 });
    chmodSync(dataDir, 0o711);
    const changes = watch(path.join(dataDir, 'postgres'));
    const owner = spawnOwner(dataDir);
    const unstarted = owner.started.catch(String);
    for (;;) {
      const [, name] = await once(changes, 'change');
      if (String(name).startsWith('draft.')) break;
    }
    changes.close();
    await owner.end('SIGKILL');
    expect(await unstarted).toContain('before it said anything');
    expect(existsSync(path.join(dataDir, 'postgres/data'))).toBe(false);
    const { url } = await start(dataDir);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
