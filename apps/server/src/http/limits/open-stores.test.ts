import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { openLimitStores } from './open-stores.js';

it('closes the connection to Redis if opening fails', async () => {
  let connections = 0;
  // Accepts every command except PING.
  const server = createServer((socket) => {
    connections += 1;
    socket.on('data', (chunk) => {
      const commands = String(chunk)
        .split(/\*\d+\r\n/)
        .slice(1);
      for (const command of commands)
        socket.write(/ping/i.test(command) ? '-ERR disabled\r\n' : '+OK\r\n');
    });
    socket.on('close', () => {
      connections -= 1;
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const opening = openLimitStores({
    redisUrl: `redis://127.0.0.1:${port}`,
    url: 'postgresql://unused',
    log: {
      warn() {
        throw new Error('the log is closed');
      },
    },
  });
  await expect(opening).rejects.toThrow('the log is closed');
  await expect.poll(() => connections, { timeout: 15_000 }).toBe(0);
  await new Promise((resolve) => server.close(resolve));
});
