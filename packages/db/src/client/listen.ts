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
  /** Called whenever listening starts or resumes. Notifications sent before are lost. */
  onListening: () => void;
  /** Called once per outage, when the connection breaks or cannot be made; not for each retry. */
  onLost: (error: unknown) => void;
  /**
   * Checks the connection every `every` milliseconds; the reply may take `patience` milliseconds.
   */
  heartbeat?: { intervalMs: number; timeoutMs: number };
}

export interface Listening {
  /** Stops listening and closes the connection. */
  close(): Promise<void>;
}

/** Bounds of the exponential back-off between attempts, in milliseconds. */
const minRetryMs = 100;
const maxRetryMs = 5000;

/**
 * LISTENs on a dedicated connection and reconnects until closed. Never throws. Does not work behind
 * a transaction-mode pooler, which may assign the listening server connection to another client.
 */
export function listenTo(options: ListenOptions): Listening {
  const { url, applicationName, channel, onMessage, onListening, onLost } = options;
  const { intervalMs, timeoutMs } = options.heartbeat ?? { intervalMs: 15_000, timeoutMs: 5000 };
  const closing = new AbortController();
  const { signal } = closing;
  let wait = minRetryMs;
  let isLost = false;

  /** Rejects when the connection fails, ends, or is closed on purpose. */
  async function listen(client: pg.Client): Promise<never> {
    const ended = new AbortController();
    client.on('notification', ({ payload = '' }) => signal.aborted || onMessage(payload));
    client.once('end', () => ended.abort(new Error('The connection was closed')));
    await client.connect();
    await prepareSession(client, { url });
    await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
    wait = minRetryMs;
    isLost = false;
    onListening();
    const over = AbortSignal.any([signal, ended.signal]);
    for (;;) {
      await delay(intervalMs, undefined, { signal: over });
      // Detects a network that drops packets silently, and keeps the server from closing an idle
      // connection.
      await client.query('SELECT 1');
    }
  }

  async function reconnectLoop(): Promise<void> {
    while (!signal.aborted) {
      const client = new pg.Client({
        ...connectionOf(url),
        application_name: applicationName,
        keepAlive: true,
        connectionTimeoutMillis: timeoutMs,
        query_timeout: timeoutMs,
      });
      // The pending operation reports the error. Without this listener it would end the process.
      client.on('error', () => undefined);
      await listen(client).catch((error: unknown) => {
        if (!signal.aborted && !isLost) onLost(error);
        isLost = true;
      });
      await closeClient(client);
      await delay(wait, undefined, { signal }).catch(() => undefined);
      wait = Math.min(maxRetryMs, wait * 2);
    }
  }
  const listening = reconnectLoop();

  return {
    async close() {
      closing.abort();
      await listening;
    },
  };
}

/** Closes the connection, and waits one second at most for a silent server. */
async function closeClient(client: pg.Client): Promise<void> {
  await Promise.race([client.end().catch(() => undefined), delay(1000, undefined, { ref: false })]);
}
