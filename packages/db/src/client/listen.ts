import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { connectionOf } from './connection.js';
import { prepareSession } from './session.js';

export interface ListenOptions {
  url: string;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  channel: string;
  onMessage: (payload: string) => void;
  /** It listens from now on, for the first time or again: what was sent before, nobody kept. */
  onListening: () => void;
  /**
   * The connection broke or cannot be made: told once, whatever the number of tries until it
   * listens again.
   */
  onLost: (error: unknown) => void;
  /**
   * Milliseconds of silence after which the connection is asked whether it is still there, and that
   * its answer may take.
   */
  pulse?: { every: number; patience: number };
}

export interface Listening {
  /** Hears nothing more, and closes the connection. */
  close(): Promise<void>;
}

/** Milliseconds between two tries, at first and at most. */
const shortestWait = 100;
const longestWait = 5000;

/**
 * Listens for notifications on a connection of its own, which is made anew whenever it breaks.
 * Never fails. Behind a pooler in transaction mode nothing is heard: the server connection that
 * listens is another's a moment later.
 */
export function listenTo(options: ListenOptions): Listening {
  const { url, applicationName, channel, onMessage, onListening, onLost } = options;
  const { every, patience } = options.pulse ?? { every: 15_000, patience: 5000 };
  const closing = new AbortController();
  const { signal } = closing;
  let wait = shortestWait;
  let isLost = false;

  /** Rejects when the connection ends, cannot be made, or is not wanted any longer. */
  async function listen(client: pg.Client): Promise<never> {
    const ended = new AbortController();
    client.on('notification', ({ payload = '' }) => signal.aborted || onMessage(payload));
    client.once('end', () => ended.abort(new Error('The connection was closed')));
    await client.connect();
    await prepareSession(client, { url });
    await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
    wait = shortestWait;
    isLost = false;
    onListening();
    const over = AbortSignal.any([signal, ended.signal]);
    for (;;) {
      await delay(every, undefined, { signal: over });
      // A network that swallows packets ends no connection, and a server may end those that idle.
      await client.query('SELECT 1');
    }
  }

  async function keepListening(): Promise<void> {
    while (!signal.aborted) {
      const client = new pg.Client({
        ...connectionOf(url),
        application_name: applicationName,
        keepAlive: true,
        connectionTimeoutMillis: patience,
        query_timeout: patience,
      });
      // What breaks is told by what waits for it; without a listener it would end the process.
      client.on('error', () => undefined);
      await listen(client).catch((error: unknown) => {
        if (!signal.aborted && !isLost) onLost(error);
        isLost = true;
      });
      await endOf(client);
      await delay(wait, undefined, { signal }).catch(() => undefined);
      wait = Math.min(longestWait, wait * 2);
    }
  }
  const listening = keepListening();

  return {
    async close() {
      closing.abort();
      await listening;
    },
  };
}

/** A connection whose other end is silent is not waited for. */
async function endOf(client: pg.Client): Promise<void> {
  await Promise.race([client.end().catch(() => undefined), delay(1000, undefined, { ref: false })]);
}
