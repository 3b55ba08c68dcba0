import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance } from './edit-distance.js';
import { settingNames } from './env.js';
import { unknownSettings } from './unknown-settings.js';

const git = {
  prefix: 'SYNAP_GIT_',
  names: ['SYNAP_GIT_ACCESS', 'SYNAP_GIT_REPOSITORIES', 'SYNAP_GIT_REPOSITORIES_FILE'],
};
const failed = { prefix: 'SYNAP_RSS_', names: undefined };
const unknown = (...names: string[]) =>
  unknownSettings(Object.fromEntries(names.map((name) => [name, 'x'])), [git, failed]).map(
    ({ text }) => text,
  );

describe('settings that nothing reads', () => {
  it.each([
    ['SYNAP_DATADIR', 'SYNAP_DATA_DIR'],
    ['SYNAP_ADMIN_EMIAL', 'SYNAP_ADMIN_EMAIL'],
    ['SYNAP_MODULE_DIR', 'SYNAP_MODULES_DIR'],
    ['SYNAP_GIT_REPOS', 'SYNAP_GIT_REPOSITORIES'],
    ['SYNAP_GITT_REPOSITORIES', 'SYNAP_GIT_REPOSITORIES'],
    ['SYNAP_GIT_ACESS', 'SYNAP_GIT_ACCESS'],
    ['DATABASE_UR', 'DATABASE_URL'],
    ['REDIS_ULR', 'REDIS_URL'],
    ['SINGUP', 'SIGNUP'],
    ['PROT', 'PORT'],
    ['HSOT', 'HOST'],
    ['ACCESS_TOKEN_SECRETS', 'ACCESS_TOKEN_SECRET'],
    ['SMTP_URL_FIEL', 'SMTP_URL_FILE'],
  ])('are named with the closest one: %s', (name, closest) => {
    expect(unknown(name)).toEqual([
      expect.stringMatching(new RegExp(`^${name} .*did you mean ${closest}\\?$`)),
    ]);
  });

  it('are named without another name if none is close', () => {
    expect(unknown('SYNAP_FOO', 'SYNAP_GIT_DEPTH')).toEqual([
      'SYNAP_FOO is not a setting of Synap or of an installed module: remove it',
      'SYNAP_GIT_DEPTH is not a setting of that module: remove it',
    ]);
  });

  it('are not what a setting, a module or another program may read, nor what is empty', () => {
    const others = [
      'PATH',
      'HOST_IP',
      'PORTS',
      'HOSTS',
      'POST',
      'SHOT',
      'PGPORT',
      'TEST_DATABASE_URL',
      'MAILTO',
      'NODE_ENV',
      'X'.repeat(10_000),
    ];
    expect(unknown(...settingNames, ...git.names, 'SYNAP_RSS_ANYTHING', ...others)).toEqual([]);
    expect(unknownSettings({ SYNAP_FOO: ' ', SYNAP_BAR: undefined }, [])).toEqual([]);
  });
});

describe('the distance of two texts', () => {
  it('counts added, removed, changed and swapped letters', () => {
    const distances = [
      editDistance('abc', 'abc', 3),
      editDistance('abc', 'abcd', 3),
      editDistance('abc', 'ac', 3),
      editDistance('abc', 'axc', 3),
      editDistance('abc', 'acb', 3),
      editDistance('kitten', 'sitting', 9),
      editDistance('', 'abc', 9),
    ];
    expect(distances).toEqual([0, 1, 1, 1, 1, 3, 3]);
  });

  it('is the same both ways, and never more than one above the limit', () => {
    const text = fc.string({ maxLength: 12, unit: fc.constantFrom('A', 'B', '_') });
    fc.assert(
      fc.property(text, text, fc.nat({ max: 6 }), (one, other, limit) => {
        const distance = editDistance(one, other, limit);
        expect(distance).toBe(editDistance(other, one, limit));
        expect(distance).toBeLessThanOrEqual(limit + 1);
        expect(distance === 0).toBe(one === other);
        expect(distance).toBe(Math.min(limit + 1, editDistance(one, other, 20)));
      }),
    );
  });
});
