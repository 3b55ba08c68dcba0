import { Redis } from 'ioredis';

export interface RedisConnection {
  client: Redis;
  /** Resolves when connected, or after one second. */
  settled: Promise<void>;
  /** Reason for the lost connection; errors of commands do not contain it. */
  failure(): Error | undefined;
  close(): Promise<void>;
}

/**
 * Opens a connection that fails fast: commands fail at once without a server, and after 300 ms if
 * it is silent. Reconnects forever. The caller logs failures.
 */
export function connectRedis(url: string): RedisConnection {
  const client = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    commandTimeout: 300,
    connectTimeout: 2000,
    connectionName: 'synap',
    retryStrategy: (times) => Math.min(times * 100, 1000),
  });
  let failure: Error | undefined;
  // Without a listener the library prints the error.
  client.on('error', (error) => {
    failure = error;
  });
  client.on('ready', () => {
    failure = undefined;
  });
  const settled = new Promise<void>((resolve) => {
    client.once('ready', resolve);
    client.once('end', resolve);
    setTimeout(resolve, 1000).unref();
  });
  return {
    client,
    settled,
    failure: () => failure,
    async close() {
      client.disconnect();
    },
  };
}
