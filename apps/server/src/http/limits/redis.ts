import { Redis } from 'ioredis';

export interface RedisConnection {
  client: Redis;
  /** Resolves when it is connected, or after a second without. */
  settled: Promise<void>;
  /** Why it is not connected, as commands then fail without the reason. */
  failure(): Error | undefined;
  close(): Promise<void>;
}

/**
 * A connection that fails fast: without a server each command is refused at once, with a silent one
 * after 300 ms. It connects again by itself, for ever; who uses it says what is logged.
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
  // Without a listener the library would print the error.
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
