import { createHash, randomBytes } from 'node:crypto';
import { initTRPC } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { generateDocument } from '../document/generate.js';
import { createRestHandler } from '../handler.js';
import type { RestMeta } from '../meta.js';
import { listen, send } from '../testing/serve.js';
import type { MultipartPart } from './multipart.js';

const t = initTRPC.meta<RestMeta>().create();
const isParts = (value: unknown): value is AsyncIterable<MultipartPart> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

let largestChunk = 0;

const router = t.router({
  upload: t.procedure
    .meta({
      openapi: {
        method: 'POST',
        path: '/folders/{folder}/files',
        multipart: { form: z.object({ file: z.file(), tags: z.string().optional() }) },
        bodyLimit: 20_000_000,
      },
    })
    .input(z.object({ folder: z.string(), parts: z.custom<AsyncIterable<MultipartPart>>(isParts) }))
    .output(z.object({ folder: z.string(), seen: z.array(z.unknown()) }))
    .mutation(async ({ input }) => {
      const seen: unknown[] = [];
      for await (const part of input.parts) {
        if (part.filename === undefined) {
          seen.push([part.name, part.name === 'skip' ? null : await part.text()]);
          continue;
        }
        const hash = createHash('sha256');
        for await (const chunk of part.content) {
          largestChunk = Math.max(largestChunk, chunk.length);
          hash.update(chunk);
        }
        seen.push([part.name, part.filename, part.contentType, hash.digest('hex')]);
      }
      return { folder: input.folder, seen };
    }),
  ignore: t.procedure
    .meta({
      openapi: {
        method: 'POST',
        path: '/ignore',
        multipart: { form: z.object({ file: z.file() }) },
        bodyLimit: 20_000_000,
      },
    })
    .input(z.object({ parts: z.custom<AsyncIterable<MultipartPart>>(isParts) }))
    .output(z.boolean())
    .mutation(() => true),
});

describe('a multipart body', () => {
  let server: Awaited<ReturnType<typeof listen>>;
  beforeAll(async () => {
    server = await listen(createRestHandler({ router, createContext: () => ({}) }));
  });
  afterAll(() => server.close());

  const raw = (body: string, type = 'multipart/form-data; boundary=x', path = '/folders/a/files') =>
    send(server.url, path, { method: 'POST', headers: { 'content-type': type }, body });

  it('of a real client is streamed part by part, in order, with any bytes', async () => {
    const bytes = Buffer.concat([
      randomBytes(5_000_000),
      Buffer.from('\r\n--x\r\n\r\n--'),
      randomBytes(100),
    ]);
    const form = new FormData();
    form.append('category', 'ä b');
    form.append('file', new File([bytes], 'a "b".png', { type: 'image/png' }));
    form.append('skip', 'x'.repeat(200_000));
    form.append('after', '');
    const response = await fetch(`${server.url}/folders/a%20b/files`, {
      method: 'POST',
      body: form,
    });
    expect(await response.json()).toEqual({
      folder: 'a b',
      seen: [
        ['category', 'ä b'],
        ['file', 'a "b".png', 'image/png', createHash('sha256').update(bytes).digest('hex')],
        ['skip', null],
        ['after', ''],
      ],
    });
    expect(largestChunk).toBeLessThan(1_000_000);
  });

  it('may have a preamble, an epilogue, or no part at all', async () => {
    const part = 'content-disposition: form-data; name="a"\r\n\r\n1';
    expect(JSON.parse((await raw(`before\r\n--x\r\n${part}\r\n--x--\r\nafter`)).body).seen).toEqual(
      [['a', '1']],
    );
    expect(JSON.parse((await raw('--x--')).body).seen).toEqual([]);
    expect(
      (await raw(`--a b\r\n${part}\r\n--a b--`, 'multipart/form-data; boundary="a b"')).status,
    ).toBe(200);
  });

  it.each([
    ['--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1'],
    ['--x\r\ncontent-disposition: form-data\r\n\r\n1\r\n--x--'],
    ['--x\r\n\r\n1\r\n--x--'],
    ['--xy--'],
    ['nothing'],
  ])('that is malformed is 400: %j', async (body) => {
    expect((await raw(body)).status).toBe(400);
  });

  it('requires a boundary, and is the only accepted type', async () => {
    expect((await raw('--x--', 'multipart/form-data')).status).toBe(400);
    const json = await raw('{}', 'application/json');
    expect([json.status, json.headers.accept]).toEqual([415, 'multipart/form-data']);
  });

  it('over its limits is 413', async () => {
    const part = (index: number) =>
      `--x\r\ncontent-disposition: form-data; name="a${index}"\r\n\r\n1\r\n`;
    expect(
      (await raw(`${Array.from({ length: 101 }, (_, index) => part(index)).join('')}--x--`)).status,
    ).toBe(413);
    expect(
      (
        await raw(
          `--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n${'x'.repeat(102_401)}\r\n--x--`,
        )
      ).status,
    ).toBe(413);
    expect((await raw(`--x\r\n${'x'.repeat(9000)}`)).status).toBe(413);
    expect((await raw('x'.repeat(20_000_001))).status).toBe(413);
  });

  it('that is not read does not block the connection', async () => {
    for (let count = 0; count < 2; count += 1) {
      const form = new FormData();
      form.append('file', new File([randomBytes(300_000)], 'a'));
      expect((await fetch(`${server.url}/ignore`, { method: 'POST', body: form })).status).toBe(
        200,
      );
    }
  });

  it('is described by its form', () => {
    const { paths } = generateDocument({ router, title: 'Files', version: '1' });
    expect(paths['/folders/{folder}/files']?.post?.requestBody).toMatchObject({
      content: {
        'multipart/form-data': {
          schema: {
            properties: { file: { type: 'string', format: 'binary' } },
            required: ['file'],
          },
        },
      },
    });
  });
});
