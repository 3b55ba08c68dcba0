import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import { z } from 'zod';

const addressSchema = z.object({ port: z.number() });

/**
 * Listens on a free port of the loopback address and prints it. The process ends with its parent,
 * which holds the other end of the IPC channel.
 */
export function announce(server: Server): void {
  process.once('disconnect', () => process.exit());
  server.listen(0, '127.0.0.1', () => {
    console.log(JSON.stringify(addressSchema.parse(server.address())));
  });
}

export const serve = (listener: RequestListener): void => announce(createServer(listener));

/** Reads the line that `announce` prints. */
export const originIn = (line: string): string =>
  `http://127.0.0.1:${addressSchema.parse(JSON.parse(line)).port}`;
