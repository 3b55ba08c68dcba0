import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { discoverModules } from './discover.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'synap-discover-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function addPackage(path: string, manifest: object, files: readonly string[] = ['index.js']) {
  await mkdir(join(folder, path), { recursive: true });
  await writeFile(join(folder, path, 'package.json'), JSON.stringify(manifest));
  // A module's code that is run by the search would end the test.
  for (const file of files) await writeFile(join(folder, path, file), 'process.exit(1);');
}
const synap = { sdk: '1' };
const found = async (modulesDir?: string) =>
  (await discoverModules({ from: join(folder, 'app'), modulesDir })).map((each) => [
    each.id,
    each.kind === 'found' ? 'found' : each.reason,
  ]);

describe('the search for modules', () => {
  it('finds the server’s own dependencies that declare the SDK, sorted by id, and runs none of their code', async () => {
    await addPackage('app', {
      name: 'app',
      dependencies: { '@acme/synap-module-zoo': '*', express: '*', 'module-bar': '*', gone: '*' },
    });
    await addPackage('app/node_modules/@acme/synap-module-zoo', {
      name: '@acme/synap-module-zoo',
      version: '3.1.4',
      synap,
    });
    await addPackage('app/node_modules/express', { name: 'express', main: './index.js' });
    await addPackage('node_modules/module-bar', { name: 'module-bar', synap });
    await addPackage('node_modules/unlisted', { name: 'unlisted', synap });
    expect(await found()).toEqual([
      ['bar', 'found'],
      ['zoo', 'found'],
    ]);
    const [, zoo] = await discoverModules({ from: join(folder, 'app', 'package.json') });
    expect(zoo).toMatchObject({
      packageName: '@acme/synap-module-zoo',
      version: '3.1.4',
      entry: expect.stringMatching(/index\.js$/),
    });
  });

  it('finds the subfolders of the modules folder, and says why one is not a module', async () => {
    await addPackage('app', { name: 'app' });
    await addPackage('mods/good', { name: 'good', synap });
    await addPackage('mods/other', { name: 'other', synap: { sdk: 2 } });
    await addPackage('mods/silent', { name: 'silent', synap: {} });
    await addPackage('mods/none', { name: 'none' });
    await addPackage('mods/.hidden', { name: 'hidden', synap });
    await addPackage('mods/node_modules', { name: 'x', synap });
    await mkdir(join(folder, 'mods/empty'));
    await mkdir(join(folder, 'mods/broken'));
    await writeFile(join(folder, 'mods/broken/package.json'), '{');
    await writeFile(join(folder, 'mods/readme.txt'), '');
    expect(await found(join(folder, 'mods'))).toEqual([
      ['broken', expect.stringMatching(/package\.json is not JSON$/)],
      ['empty', expect.stringMatching(/package\.json cannot be read$/)],
      ['good', 'found'],
      ['none', expect.stringMatching(/"synap": { "sdk": "1" }$/)],
      ['other', 'It was made for SDK 2; this server runs modules of SDK 1'],
      ['silent', expect.stringMatching(/does not declare its SDK version/)],
    ]);
  });

  it('takes a package once that is both a dependency and in the modules folder', async () => {
    await addPackage('mods/git', { name: 'git', synap });
    await addPackage('app', { name: 'app', dependencies: { git: '*' } });
    await mkdir(join(folder, 'app/node_modules'));
    await symlink(join(folder, 'mods/git'), join(folder, 'app/node_modules/git'));
    expect(await found(join(folder, 'mods'))).toEqual([['git', 'found']]);
  });

  it.each([
    ['a path', './a.js'],
    ['a path under "."', { '.': './a.js' }],
    ['conditions', { types: './a.d.ts', import: './a.js', default: './b.js' }],
    [
      'nested conditions',
      {
        '.': { browser: './b.js', node: { require: './b.js', import: './a.js' } },
        './b': './b.js',
      },
    ],
    [
      'its source, when the server runs from source',
      { '.': { '@synap/source': './a.js', default: './b.js' } },
    ],
  ])('finds the file to import in "exports": %s', async (_, exports) => {
    await addPackage('app', { name: 'app' });
    await addPackage('mods/x', { name: 'x', synap, exports }, ['a.js', 'b.js']);
    const [module] = await discoverModules({
      from: join(folder, 'app'),
      modulesDir: join(folder, 'mods'),
    });
    expect(module).toMatchObject({ kind: 'found', entry: expect.stringMatching(/a\.js$/) });
  });

  it.each([
    ['names a file that is not there', { main: './gone.js' }],
    ['exports only other paths', { exports: { './other': './index.js' } }],
    ['exports nothing', { exports: null }],
  ])('rejects a package that %s', async (_, fields) => {
    await addPackage('app', { name: 'app' });
    await addPackage('mods/x', { name: 'x', synap, ...fields });
    expect(await found(join(folder, 'mods'))).toEqual([
      ['x', expect.stringMatching(/names no file to import/)],
    ]);
  });

  it('reads a package.json that begins with a byte order mark', async () => {
    await addPackage('app', { name: 'app' });
    await addPackage('mods/marked', {});
    const text = JSON.stringify({ name: 'marked', synap });
    await writeFile(join(folder, 'mods/marked/package.json'), `\uFEFF${text}`);
    expect(await found(join(folder, 'mods'))).toEqual([['marked', 'found']]);
  });

  it('finds modules that npm installed into the modules folder, and no other packages', async () => {
    await addPackage('app', { name: 'app' });
    const dependencies = {
      '@acme/synap-module-dice': '^1.0.0',
      zod: '*',
      absent: '*',
      packed: 'file:packed-1.0.0.tgz',
    };
    await addPackage('mods', { dependencies }, ['packed-1.0.0.tgz']);
    await addPackage('mods/node_modules/@acme/synap-module-dice', {
      name: '@acme/synap-module-dice',
      synap,
    });
    await addPackage('mods/node_modules/zod', { name: 'zod' });
    await addPackage('mods/node_modules/packed', { name: 'packed', synap });
    await addPackage('mods/node_modules/transitive', { name: 'transitive', synap });
    await addPackage('mods/node_modules/outdated', { name: 'outdated', synap: { sdk: '0' } });
    expect(await found(join(folder, 'mods'))).toEqual([
      ['absent', expect.stringMatching(/is not installed: run "npm install" in that folder$/)],
      ['dice', 'found'],
      ['packed', 'found'],
    ]);
  });

  it('names packed archives and says what to do with them', async () => {
    await addPackage('app', { name: 'app' });
    await addPackage('mods/good', { name: 'good', synap });
    for (const name of [
      'synap-module-dice-1.2.3-beta.1.tgz',
      'acme-rss.tar.gz',
      'weather.zip',
      'notes.txt',
    ])
      await writeFile(join(folder, 'mods', name), '');
    expect(await found(join(folder, 'mods'))).toEqual([
      [
        'acme-rss',
        expect.stringMatching(/^It is a packed archive: run "npm install \.\/acme-rss\.tar\.gz"/),
      ],
      [
        'dice',
        expect.stringMatching(
          /^It is a packed archive: run "npm install \.\/synap-module-dice-1\.2\.3-beta\.1\.tgz"/,
        ),
      ],
      ['good', 'found'],
      ['weather', expect.stringMatching(/^It is a packed archive/)],
    ]);
  });

  it('says so if the modules folder is itself a module, or its package.json is broken', async () => {
    await addPackage('app', { name: 'app' });
    await addPackage('mods', { name: 'dice', synap });
    await addPackage('mods/src', {});
    expect(await found(join(folder, 'mods'))).toEqual([
      ['mods', expect.stringMatching(/names the module itself/)],
    ]);
    await writeFile(join(folder, 'mods/package.json'), '{');
    await addPackage('mods/src', { name: 'good', synap });
    expect(await found(join(folder, 'mods'))).toEqual([
      ['good', 'found'],
      ['mods', expect.stringMatching(/package\.json is not JSON$/)],
    ]);
  });

  it('rejects a CommonJS module without the packages that only ES modules get from the server', async () => {
    await addPackage('app', { name: 'app' });
    await addPackage('mods/x', { name: 'x', synap });
    await writeFile(
      join(folder, 'mods/x/index.js'),
      "const { defineModule } = require('@synap/module-sdk');",
    );
    expect(await found(join(folder, 'mods'))).toEqual([
      [
        'x',
        expect.stringMatching(
          /^It is a CommonJS module and does not bring @synap\/module-sdk, .* set "type": "module"/,
        ),
      ],
    ]);
    await addPackage('mods/x/node_modules/@synap/module-sdk', { name: '@synap/module-sdk' });
    expect(await found(join(folder, 'mods'))).toEqual([['x', 'found']]);
  });

  it('says what to do if the modules folder does not exist', async () => {
    await addPackage('app', { name: 'app' });
    await expect(found(join(folder, 'nowhere'))).rejects.toThrow(
      /^SYNAP_MODULES_DIR: .* create it, or unset the variable$/,
    );
  });
});
