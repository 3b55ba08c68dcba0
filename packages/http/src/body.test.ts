import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { announcesBody, announcesMoreThan, readText } from './body.js';

/** A request whose body arrives as the given chunks. */
function requestOf(chunks: readonly (string | Buffer)[], headers: Record<string, string> = {}) {
  const req = new IncomingMessage(new Socket());
  Object.assign(req.headers, headers);
  for (const chunk of chunks) req.push(chunk);
  return req;
}

const complete = (req: IncomingMessage): IncomingMessage => {
  req.push(null);
  return req;
};

describe('a body', () => {
  it.each([
    [{}, false],
    [{ 'content-length': '0' }, false],
    [{ 'content-length': '1' }, true],
    [{ 'transfer-encoding': 'chunked' }, true],
  ])('with the headers %o is announced: %s', (headers, announced) => {
    expect(announcesBody(requestOf([], headers))).toBe(announced);
  });

  it('announces at most its limit', () => {
    const req = requestOf([], { 'content-length': '5' });
    expect([announcesMoreThan(req, 5), announcesMoreThan(req, 4)]).toEqual([false, true]);
    expect(announcesMoreThan(requestOf([]), 0)).toBe(false);
  });

  it('is read as text, across chunks and without a byte order mark', async () => {
    const [start, end] = [Buffer.from('\uFEFFaü').subarray(0, 5), Buffer.from('ü').subarray(1)];
    expect(await readText(complete(requestOf([start, end, 'b'])), 8)).toBe('aüb');
    expect(await readText(complete(requestOf([])), 0)).toBe('');
  });

  it('is rejected past its limit, before the rest is read', async () => {
    const req = requestOf(['abc', 'def', 'ghi']);
    await expect(readText(req, 5)).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      message: 'The body is larger than 5 bytes.',
    });
    expect(req.isPaused()).toBe(true);
    const announced = requestOf([], { 'content-length': '6' });
    await expect(readText(announced, 5)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });

  it('is rejected if it is not UTF-8', async () => {
    const req = complete(requestOf([Buffer.from([0x61, 0xff])]));
    await expect(readText(req, 5)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('is rejected if the client disconnects before or while it is read', async () => {
    const reading = requestOf(['a']);
    const text = readText(reading, 5);
    reading.destroy();
    await expect(text).rejects.toMatchObject({ code: 'CLIENT_CLOSED_REQUEST' });
    await expect(readText(reading, 5)).rejects.toMatchObject({ code: 'CLIENT_CLOSED_REQUEST' });
    expect(reading.listenerCount('data')).toBe(0);
  });
});
