import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { messageOf } from '../thrown.js';
import { BackupError } from './backup-error.js';
import { quoted } from './tables.js';

/** A running COPY into a table. */
export interface Copy {
  table: string;
  write(part: Buffer): Promise<void>;
  /** Finishes the COPY and returns the number of rows. */
  end(): Promise<number>;
}

export function startCopy(client: pg.PoolClient, table: string, columns: readonly string[]): Copy {
  const stream = client.query(
    copyFrom(`COPY ${quoted(table)} (${columns.map(quoted).join(', ')}) FROM STDIN`),
  );
  const done = finished(stream);
  done.catch(() => undefined);
  const rejection = (error: unknown) =>
    new BackupError(`PostgreSQL does not accept the rows of ${table}: ${messageOf(error)}`, {
      cause: error,
    });
  return {
    table,
    async write(part) {
      const written = new Promise<void>((resolve, reject) => {
        stream.write(part, (error) => (error ? reject(error) : resolve()));
      });
      await Promise.race([written, done]).catch((error: unknown) =>
        Promise.reject(rejection(error)),
      );
    },
    async end() {
      stream.end();
      await done.catch((error: unknown) => Promise.reject(rejection(error)));
      return stream.rowCount;
    },
  };
}
