import { isEmbeddedAddress } from '../embedded/address.js';
import { ensureDatabase } from '../embedded/ensure.js';

/**
 * The database for one run of the engine: the given address, or the embedded database, started on
 * first use.
 */
export interface Target {
  /** Returns the real address. Rejects with advice if there is none. */
  url(): Promise<string>;
  release(): Promise<void>;
}

/** Combines the cluster's real address with the requested database and schema. */
function withDatabaseOf(given: string, real: string): string {
  const [target, { pathname, search }] = [new URL(real), new URL(given)];
  target.pathname = pathname;
  target.search = search;
  target.searchParams.set('sslmode', 'disable');
  return target.href;
}

export function createTarget(given: string | null, dataDir: string | undefined): Target {
  let opened: ReturnType<typeof ensureDatabase> | null = null;
  return {
    async url() {
      if (given === null)
        throw new Error(
          'This command needs a database: set DATABASE_URL, or leave it unset for the embedded one.',
        );
      if (!dataDir || !isEmbeddedAddress(given, dataDir)) return given;
      opened ??= ensureDatabase({ dataDir });
      return withDatabaseOf(given, (await opened).url);
    },
    async release() {
      await (await opened?.catch(() => null))?.release();
    },
  };
}
