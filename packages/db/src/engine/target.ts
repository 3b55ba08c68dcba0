import { isEmbeddedAddress } from '../embedded/address.js';
import { ensureDatabase } from '../embedded/ensure.js';

/**
 * The database of one run of the engine: the address given, or the embedded one, started on first
 * use.
 */
export interface Target {
  /** The real address. Rejects with advice when there is none. */
  url(): Promise<string>;
  release(): Promise<void>;
}

/** The real address of the cluster, and the database (and schema) that was asked for. */
function atPlaceOf(given: string, real: string): string {
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
      return atPlaceOf(given, (await opened).url);
    },
    async release() {
      await (await opened?.catch(() => null))?.release();
    },
  };
}
