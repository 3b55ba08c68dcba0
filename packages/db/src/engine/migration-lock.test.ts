import { createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { isUnavailable } from '../client/faults.js';
import { acquireMigrationLock } from './migration-lock.js';

it('is not waited for at a server that accepts connections and never answers', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const error: unknown = await acquireMigrationLock(
      `postgresql://a:b@127.0.0.1:${port}/x`,
      () => undefined,
      200,
    ).catch((reason: unknown) => reason);
    expect(isUnavailable(error), String(error)).toBe(true);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});
