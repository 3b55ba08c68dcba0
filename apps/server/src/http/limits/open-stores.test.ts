import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { openLimitStores } from './open-stores.js';

it('closes the connection to Redis if opening fails', async () => {
  let connections = 0;
  // Accepts connections and never responds.
  const server = createServer((socket) => {
    connections += 1;
    socket.resume().on('close', () => {
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
