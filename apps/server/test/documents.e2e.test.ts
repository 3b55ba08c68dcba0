import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js';
import { buildStaticPage } from './static-page.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const committed = (name: string) => readFile(path.join(root, 'docs', name), 'utf8');

/** The parts of a document that these tests change. */
const schemaSchema = z.looseObject({
  properties: z.record(z.string(), z.looseObject({ enum: z.array(z.string()).optional() })),
  required: z.array(z.string()).default([]),
});
const documentSchema = z.looseObject({
  info: z.looseObject({ version: z.string() }),
  paths: z.looseObject({
    '/auth/register': z.looseObject({
      post: z.looseObject({
        requestBody: z.looseObject({
          content: z.looseObject({ 'application/json': z.looseObject({ schema: schemaSchema }) }),
        }),
      }),
    }),
    '/health': z.looseObject({
      get: z.looseObject({ responses: z.record(z.string(), z.unknown()) }),
    }),
  }),
  components: z.looseObject({
    schemas: z.looseObject({ Dashboard: schemaSchema, Module: schemaSchema }),
  }),
});
type Document = z.output<typeof documentSchema>;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'synap-documents-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Change = (document: Document) => void;

/**
 * Runs a check on a changed copy of the committed document. Returns exit code and output.
 */
async function check(
  script: string,
  change: Change,
  earlier: Change = () => {},
): Promise<{ status: number | null; stderr: string }> {
  const document = documentSchema.parse(JSON.parse(await committed('openapi.json')));
  earlier(document);
  const before = path.join(folder, 'before.json');
  await writeFile(before, JSON.stringify(document));
  change(document);
  const after = path.join(folder, 'after.json');
  await writeFile(after, JSON.stringify(document));
  const files = script === 'check-breaking.mjs' ? [before, after] : [after];
  const { status, stderr } = spawnSync(
    process.execPath,
    [path.join(root, 'scripts', script), ...files],
    { encoding: 'utf8' },
  );
  return { status, stderr };
}

const registration = (document: Document) =>
  document.paths['/auth/register'].post.requestBody.content['application/json'].schema;
const statuses = (document: Document): string[] =>
  document.components.schemas.Module.properties.status?.enum ?? [];

describe('the check for breaking changes', { timeout: 60_000 }, () => {
  it.each<[string, RegExp, Change]>([
    [
      'a field is removed from a response',
      /Property `name` of `Dashboard` was removed/,
      (document) => delete document.components.schemas.Dashboard.properties.name,
    ],
    [
      'a field of a response becomes optional',
      /no longer required: `name`/,
      ({ components }) => {
        components.schemas.Dashboard.required = components.schemas.Dashboard.required.filter(
          (name) => name !== 'name',
        );
      },
    ],
    [
      'the type of a field changes',
      /version/,
      ({ components }) => {
        components.schemas.Dashboard.properties.version = { type: 'string' };
      },
    ],
    [
      'an optional input becomes required',
      /Properties of .* became required: `name`|required.*`name`/,
      (document) => registration(document).required.push('name'),
    ],
    [
      'a required input is added',
      /invitation/,
      (document) => {
        registration(document).properties.invitation = { type: 'string' };
        registration(document).required.push('invitation');
      },
    ],
    [
      'an input gets narrower bounds',
      /maxLength/,
      (document) => {
        registration(document).properties.password = {
          ...registration(document).properties.password,
          maxLength: 100,
        };
      },
    ],
    [
      'a success status is removed',
      /200/,
      (document) => delete document.paths['/health'].get.responses['200'],
    ],
    [
      'an operation is removed',
      /`\/health` was removed/,
      (document) => Reflect.deleteProperty(document.paths, '/health'),
    ],
  ])('fails when %s', async (_, message, change) => {
    expect(await check('check-breaking.mjs', change)).toEqual({
      status: 1,
      stderr: expect.stringMatching(message),
    });
  });

  it('fails if an input accepts fewer values', async () => {
    const take = (values: string[]) => (document: Document) => {
      registration(document).properties.name = { type: 'string', enum: values };
    };
    const narrower = await check('check-breaking.mjs', take(['short']), take(['short', 'long']));
    expect(narrower).toEqual({
      status: 1,
      stderr: expect.stringContaining("Enum of `name` lost values: 'long'"),
    });
    expect(
      await check('check-breaking.mjs', take(['short', 'long']), take(['short'])),
    ).toMatchObject({ status: 0 });
  });

  it('accepts additions, and reports new values in responses', async () => {
    const { status, stderr } = await check('check-breaking.mjs', (document) => {
      registration(document).properties.language = { type: 'string' };
      document.components.schemas.Dashboard.properties.colour = { type: 'string' };
      statuses(document).push('paused');
    });
    expect(status).toBe(0);
    expect(stderr).toContain("Not breaking: Enum of `status` gained values: 'paused'");
    expect(stderr).not.toContain('Breaking');
  });

  it('accepts breaking changes in a major version, and lists them', async () => {
    const { status, stderr } = await check('check-breaking.mjs', (document) => {
      document.info.version = `${Number(document.info.version.split('.')[0]) + 1}.0.0`;
      delete document.components.schemas.Dashboard.properties.name;
    });
    expect(status).toBe(0);
    expect(stderr).toContain(
      'Allowed in a major version: Property `name` of `Dashboard` was removed',
    );
  });
});

describe('the check of the documents', () => {
  it('fails on a mere warning', async () => {
    const { status, stderr } = await check('check-docs.mjs', (document) => {
      document.components.schemas = { ...document.components.schemas, Unused: { type: 'object' } };
    });
    expect(stderr).toMatch(/warn: .*Unused.* \(no-unused-components\)/);
    expect(status).toBe(1);
  });

  it('accepts the committed documents', async () => {
    expect(await check('check-docs.mjs', () => {})).toEqual({ status: 0, stderr: '' });
  });
});

describe('the documents of a server', () => {
  let server: ServerUnderTest;
  beforeAll(async () => {
    // Uses a public address, for which no development features are served.
    server = await startServerUnderTest({ variables: { HOST: '0.0.0.0' } });
  });
  afterAll(() => server.close());

  it.each(['openapi.json', 'openapi-3.0.json'])('match the committed file %s', async (name) => {
    const answer = await server.rest('GET', `/${name}`);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.body).toEqual(JSON.parse(await committed(name)));
    const etag = answer.headers.get('etag') ?? '';
    expect(
      await server.rest('GET', `/${name}?again`, { headers: { 'if-none-match': etag } }),
    ).toMatchObject({ status: 304 });
  });
});

describe('the static page', () => {
  it('has the document inside and loads nothing', async () => {
    const { folder, file } = await buildStaticPage();
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const page = await readFile(file, 'utf8');
    const [, inside = ''] =
      page.match(/<script type="application\/json" id="document">(.*)<\/script>/) ?? [];
    expect(JSON.parse(inside)).toEqual(JSON.parse(await committed('openapi.json')));
    expect(page).toContain(`content="default-src 'none'; script-src 'sha256-`);
    const markup = page.replaceAll(/(<script[^>]*>).*?(<\/script>)/gs, '$1$2');
    expect(markup).not.toMatch(/\s(?:src|href)=|url\(|@import/i);
  });
});
