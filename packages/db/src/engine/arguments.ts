import { parseArgs } from 'node:util';

/** Arguments with which Prisma's CLI starts a schema engine. */
export interface EngineArguments {
  /** Paths of Prisma schema files. */
  datamodels: string[];
  /** Address of the database, if the command has one. */
  url: string | null;
  /**
   * Subcommand (`can-connect-to-database`, `create-database`, …); `null` means JSON-RPC over stdin
   * and stdout.
   */
  command: string | null;
}

function urlOf(datasource: string | undefined): string | null {
  if (!datasource) return null;
  const { url }: { url?: unknown } = JSON.parse(datasource);
  return typeof url === 'string' && url !== '' ? url : null;
}

export function readArguments(args: string[]): EngineArguments {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      datamodels: { type: 'string', multiple: true },
      datasource: { type: 'string' },
      'enabled-preview-features': { type: 'string' },
      'extension-types': { type: 'string' },
    },
  });
  return {
    datamodels: values.datamodels ?? [],
    url: urlOf(values.datasource),
    command: positionals[0] === 'cli' ? (positionals[1] ?? '') : null,
  };
}
