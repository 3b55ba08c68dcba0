import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { query } from '../temporary.test.support.js';
import { canReach, runsAsRoot } from './account.js';
import { makeFolder } from './files.js';
import { filled, useInstallations } from './installations.test.support.js';
import { spawnOwner } from './owner.test.support.js';
import { isAlive } from './processes.js';

/** The account `daemon`, which every system has. */
const ordinary = { uid: 1, gid: 1 };

/** This id has no entry in /etc/passwd. */
const stranger = { uid: 61_234, gid: 61_234 };

const { at, start, fill, answer, lines, refusal } = useInstallations();
const modeOf = (name: string) => statSync(at(name)).mode & 0o7777;
const ownerOf = (target: string) => statSync(target).uid;

function makeClosed(name: string, { uid, gid } = { uid: 0, gid: 0 }): void {
  mkdirSync(at(name));
  chmodSync(at(name), 0o700);
  chownSync(at(name), uid, gid);
}

const permissionLines = () => lines().filter((line) => line.includes('chmod g+x'));

describe.runIf(runsAsRoot())('as root the database', () => {
  it('lives in the data folder below a private folder, which lets its group pass, and says so once', async () => {
    makeClosed('closed');
    const cluster = await fill(at('closed/data'));
    expect(cluster.folder).toBe(at('closed/data/postgres'));
    expect(modeOf('closed')).toBe(0o710);
    expect(statSync(at('closed')).gid).toBe(0);
    expect(modeOf('closed/data') & 0o007).toBe(0);
    expect(ownerOf(at('closed/data/postgres/data'))).toBe(65534);
    expect(permissionLines()).toEqual([expect.stringContaining(`chmod g-x ${at('closed')} `)]);
    expect(lines()[1]).toBe(`The database is in ${at('closed/data/postgres/data')}.`);
    expect(await answer(await start(at('closed/data')))).toEqual(filled);
    expect(permissionLines()).toHaveLength(1);
  });

  it('asks for no group and changes nothing when the folders above are open', async () => {
    await start(at('data'));
    expect(statSync(at('data/postgres/data')).gid).toBe(65534);
    expect(modeOf('data')).toBe(0o710);
    expect(permissionLines()).toEqual([]);
  });

  it('is reached again after the change was undone, and after a move below another private folder', async () => {
    makeClosed('closed');
    await fill(at('closed/data'));
    chmodSync(at('closed'), 0o700);
    await (await start(at('closed/data'))).stop();
    makeClosed('closed/app', { uid: 0, gid: 0 });
    renameSync(at('closed/data'), at('closed/app/data'));
    expect(await answer(await start(at('closed/app/data')))).toEqual(filled);
    expect(modeOf('closed/app')).toBe(0o710);
  });

  it('changes no folder of another user: it lives below /var/lib/synap then, and says why', async () => {
    makeClosed('closed', ordinary);
    makeClosed('closed/data');
    const { folder: base } = await start(at('closed/data'));
    expect(base).toMatch(/^\/var\/lib\/synap\/[0-9a-f]{24}$/);
    expect(modeOf('closed')).toBe(0o700);
    expect(modeOf('closed/data')).toBe(0o700);
    expect(lines()[0]).toBe(
      `The database of ${at('closed/data')} is stored in ${base}: PostgreSQL does not run as root, and its account cannot reach that folder.`,
    );
    expect(lines()[1]).toBe(
      `The database is in ${base}/data, outside of the data folder ${at('closed/data')}: back up both together.`,
    );
  });

  it('is not started empty when its folder cannot be reached any longer', async () => {
    await fill(at('data'));
    makeClosed('closed', ordinary);
    makeClosed('closed/app', { uid: 2, gid: 2 });
    renameSync(at('data'), at('closed/app/data'));
    expect(await refusal(at('closed/app/data'))).toContain(
      `cannot reach ${at('closed/app/data/postgres')}`,
    );
    renameSync(at('closed/app/data'), at('data'));
    expect(await answer(await start(at('data')))).toEqual(filled);
  });

  it('belongs to root no longer than the next start when root restored it without its owner', async () => {
    await fill(at('data'));
    execFileSync('chown', ['-R', '0:0', at('data')]);
    expect(await answer(await start(at('data')))).toEqual(filled);
  });

  it.runIf(canReach(import.meta.filename, ordinary))(
    'runs as the user that owns the data folder, who can start it afterwards, and root again',
    async () => {
      makeClosed('closed', ordinary);
      expect(makeFolder(at('closed/data'))).toBe(at('closed/data'));
      expect(ownerOf(at('closed/data'))).toBe(ordinary.uid);
      await fill(at('closed/data'));
      expect(ownerOf(at('closed/data/postgres/data'))).toBe(ordinary.uid);
      expect(modeOf('closed')).toBe(0o700);
      const user = spawnOwner(at('closed/data'), { account: ordinary, home: at('closed') });
      const { url, error } = await user.started;
      expect(error).toBeUndefined();
      expect(await query(url, 'SELECT answer FROM kept')).toEqual(filled);
      await user.end('SIGTERM');
      expect(await answer(await start(at('closed/data')))).toEqual(filled);
    },
  );

  it.runIf(canReach(import.meta.filename, stranger))(
    'is started after a move by an account that the system does not know, which can change no password',
    async () => {
      await fill(at('data'));
      execFileSync('chown', ['-R', `${stranger.uid}:${stranger.gid}`, at('.')]);
      renameSync(at('data'), at('moved'));
      const owner = spawnOwner(at('moved'), { account: stranger, home: at('.') });
      const { url, error } = await owner.started;
      expect(error).toBeUndefined();
      expect(await query(url, 'SELECT answer FROM kept')).toEqual(filled);
      await owner.end('SIGTERM');
    },
  );

  it.runIf(existsSync('/usr/bin/setpriv'))(
    'is ended by a root that may not look into other processes',
    async () => {
      const program = `
      import { startEmbeddedPostgres } from ${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)};
      const cluster = await startEmbeddedPostgres({ dataDir: process.argv[1], durable: false });
      console.log(cluster.pid);
      await cluster.stop();`;
      const limits = [
        '--bounding-set=-sys_ptrace',
        '--inh-caps=-sys_ptrace',
        process.execPath,
        '--import',
        'tsx',
      ];
      const { stdout } = spawnSync(
        'setpriv',
        [...limits, '--input-type=module', '-e', program, at('data')],
        { encoding: 'utf8' },
      );
      expect(readFileSync(at('data/postgres/postgres.log'), 'utf8')).toContain(
        'database system is shut down',
      );
      expect(isAlive(Number(stdout))).toBe(false);
    },
  );
});

describe.runIf(!runsAsRoot())('as an ordinary user the database', () => {
  it('lives in the data folder below a private folder', async () => {
    mkdirSync(at('closed'), { mode: 0o700 });
    const cluster = await fill(at('closed/data'));
    expect(cluster.folder).toBe(at('closed/data/postgres'));
    expect(modeOf('closed')).toBe(0o700);
  });
});
