import { afterEach, describe, expect, it } from 'vitest';
import {
  closeListeners,
  get,
  readToEnd,
  readUntil,
  request,
  startListener,
} from './listener-under-test.js';

afterEach(closeListeners);

const start = () =>
  startListener((req, res) => void req.resume().on('end', () => res.end(`served ${req.method}`)), {
    headersMs: 100,
    keepAliveMs: 100,
    stallMs: 100,
  });

describe('every connection ends', () => {
  it.each([
    ['that says nothing', ''],
    ['that begins a request and goes on no further', 'GET / HTT'],
    ['that begins another request and goes on no further', `${get()}GET / HTT`],
    ['that asks for a tunnel', 'CONNECT example.org:443 HTTP/1.1\r\nhost: example.org\r\n\r\n'],
    ['with an Upgrade to another protocol', get('/', 'connection: upgrade', 'upgrade: websocket')],
    ['that asks for HTTP/2 by prior knowledge', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    [
      'that asks for HTTP/2 by upgrade',
      get(
        '/',
        'connection: upgrade, http2-settings',
        'upgrade: h2c',
        'http2-settings: AAMAAABkAAQ',
      ),
    ],
    ['that speaks TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['that speaks nothing known', '\0\0\0\0garbage\n\n'],
    [
      'that announces a body and asks to go on',
      request('POST', '/', 'content-length: 10', 'expect: 100-continue'),
    ],
    ['that expects something unknown', get('/', 'expect: miracles')],
    ['that has no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['that is done', get()],
    ['of HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n'],
    ['of HTTP/1.0 that asks to be kept', 'GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n'],
  ])('%s', async (_, text) => {
    const { open } = await start();
    await readToEnd(open(text));
  });

  it('that its client has half closed', async () => {
    const { open } = await start();
    const socket = open(`${request('POST', '/', 'content-length: 10')}012`);
    socket.end();
    await readToEnd(socket);
  });
});

describe('a request', () => {
  it('with an Upgrade header is served over HTTP', async () => {
    const { open } = await start();
    const text = await readUntil(
      open(get('/', 'connection: upgrade', 'upgrade: websocket')),
      'served GET',
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('whose client expects 100 Continue gets it, and is served', async () => {
    const { open } = await start();
    const socket = open(request('POST', '/', 'content-length: 10', 'expect: 100-continue'));
    await readUntil(socket, '100 Continue');
    socket.write('0123456789');
    await readUntil(socket, 'served POST');
  });
});
