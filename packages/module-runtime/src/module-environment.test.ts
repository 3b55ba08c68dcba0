import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  configOf,
  isReservedId,
  moduleEnvironment,
  readSettingFiles,
  upperSnake,
  variablesOf,
} from './module-environment.js';

describe('the environment of a module', () => {
  it('has the variables that start with SYNAP_<ID>_, and no others', () => {
    const env = {
      SYNAP_HTTP_JSON_URL: ' https://a.example ',
      SYNAP_HTTPS: 'x',
      SYNAP_GIT_URL: 'x',
      HTTP_JSON_URL: 'x',
      DATABASE_URL: 'x',
    };
    expect(moduleEnvironment(env, 'http-json')).toEqual({
      prefix: 'SYNAP_HTTP_JSON_',
      values: new Map([['URL', 'https://a.example']]),
    });
  });

  it('counts an empty variable as absent', () => {
    expect(moduleEnvironment({ SYNAP_GIT_REPOSITORIES: ' ', SYNAP_GIT_ACCESS: '' }, 'git')).toEqual(
      {
        prefix: 'SYNAP_GIT_',
        values: new Map(),
      },
    );
  });

  it.each([
    ['everyone', { kind: 'everyone' }],
    ['superusers', { kind: 'superusers' }],
    [
      'Ann@Example.org, bob@example.org,',
      { kind: 'users', emails: ['ann@example.org', 'bob@example.org'] },
    ],
  ])('says which users may read its widgets: %s', (text, access) => {
    expect(moduleEnvironment({ SYNAP_GIT_ACCESS: text }, 'git')).toMatchObject({
      access,
      values: new Map(),
    });
  });

  it.each(['no one', 'Everyone', 'ann@example.org, bob', ','])(
    'describes an invalid access rule: %s',
    (text) => {
      const { access, fault } = moduleEnvironment({ SYNAP_GIT_ACCESS: text }, 'git');
      expect(access).toBeUndefined();
      expect(fault).toMatch(/^SYNAP_GIT_ACCESS: .* use everyone, superusers or addresses/);
    },
  );

  it('rejects a module id that would expose the server’s own variables', () => {
    expect(['admin', 'admin-tools', 'data', 'modules', 'secret'].map(isReservedId)).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(['git', 'host', 'administration'].map(isReservedId)).toEqual([false, false, false]);
  });
});

describe('the configuration of a module', () => {
  const schema = {
    type: 'object',
    properties: {
      feedUrls: { type: 'array', items: { type: 'string' } },
      ports: { type: 'array', items: { type: 'integer' } },
      maxItems: { type: 'integer' },
      loud: { type: 'boolean' },
      mapping: { type: 'object' },
      label: { type: 'string' },
    },
  };
  const read = (env: Record<string, string>) => configOf(moduleEnvironment(env, 'rss'), schema);

  it.each([
    ['["/srv/a,b", "/srv/c"]', ['/srv/a,b', '/srv/c']],
    [' [] ', []],
    ['["/srv/a"', ['["/srv/a"']],
    ['[::1],[::2]', ['[::1]', '[::2]']],
  ])('takes a list also as a JSON array, so that an item may hold a comma: %s', (text, list) => {
    expect(read({ SYNAP_RSS_FEED_URLS: text })).toEqual({ feedUrls: list });
  });

  it('parses each key from its variable, by the type in its schema', () => {
    const env = {
      SYNAP_RSS_FEED_URLS: 'https://a.example/x, https://b.example/y',
      SYNAP_RSS_PORTS: '80,443',
      SYNAP_RSS_MAX_ITEMS: '7',
      SYNAP_RSS_LOUD: '0',
      SYNAP_RSS_MAPPING: '{"a": [1]}',
      SYNAP_RSS_LABEL: '42',
    };
    expect(read(env)).toEqual({
      feedUrls: ['https://a.example/x', 'https://b.example/y'],
      ports: [80, 443],
      maxItems: 7,
      loud: false,
      mapping: { a: [1] },
      label: '42',
    });
  });

  it('leaves text of another type unchanged, for the schema to reject', () => {
    expect(
      read({ SYNAP_RSS_MAX_ITEMS: 'ten', SYNAP_RSS_LOUD: 'yes', SYNAP_RSS_MAPPING: '{' }),
    ).toEqual({
      maxItems: 'ten',
      loud: 'yes',
      mapping: '{',
    });
  });

  it('reads a setting from its file, and names an unreadable file', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'synap-setting-'));
    const file = path.join(folder, 'label');
    writeFileSync(file, 'from a file\n');
    const filesOf = (variables: Record<string, string>) =>
      readSettingFiles(moduleEnvironment(variables, 'rss'), schema);
    const { env, faults } = filesOf({ SYNAP_RSS_LABEL_FILE: file });
    expect(faults).toEqual([]);
    expect(configOf(env, schema)).toEqual({ label: 'from a file' });
    expect(filesOf({ SYNAP_RSS_LABEL_FILE: file, SYNAP_RSS_LABEL: 'x' }).faults).toEqual([
      'SYNAP_RSS_LABEL_FILE is set beside SYNAP_RSS_LABEL: remove one of them',
    ]);
    const missing = path.join(folder, 'missing');
    expect(filesOf({ SYNAP_RSS_LABEL_FILE: missing }).faults[0]).toContain(
      `SYNAP_RSS_LABEL_FILE: ${missing} cannot be read`,
    );
    const withFile = {
      type: 'object',
      properties: { log: { type: 'string' }, logFile: { type: 'string' } },
    };
    const both = readSettingFiles(
      moduleEnvironment({ SYNAP_RSS_LOG_FILE: missing }, 'rss'),
      withFile,
    );
    expect(both.faults).toEqual([]);
    expect(configOf(both.env, withFile)).toEqual({ logFile: missing });
    rmSync(folder, { recursive: true });
  });

  it('lists the variables that a module reads, if they are known', () => {
    const one = { type: 'object', properties: { feedUrl: { type: 'string' } } };
    expect(variablesOf('http-json', one)).toEqual({
      prefix: 'SYNAP_HTTP_JSON_',
      names: [
        'SYNAP_HTTP_JSON_ACCESS',
        'SYNAP_HTTP_JSON_FEED_URL',
        'SYNAP_HTTP_JSON_FEED_URL_FILE',
      ],
    });
    expect(variablesOf('git', undefined)).toEqual({ prefix: 'SYNAP_GIT_', names: undefined });
  });

  it('names variables in upper snake case', () => {
    expect(
      ['repositories', 'maxItems', 'http-json', 'oauth2Url', 'baseURL'].map(upperSnake),
    ).toEqual(['REPOSITORIES', 'MAX_ITEMS', 'HTTP_JSON', 'OAUTH2_URL', 'BASE_URL']);
  });
});
