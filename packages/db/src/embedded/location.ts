import path from 'node:path';

/** Location of an embedded cluster and its files. All paths are absolute and without links. */
export interface ClusterLocation {
  /** The data folder that the operator configured. */
  dataDir: string;
  /** Synap's own files: credentials, remembered port, id of a cluster stored elsewhere. */
  home: string;
  /** Folder of PostgreSQL's files: `home`, or a folder below /var/lib/synap. */
  base: string;
  /** PGDATA. */
  pgData: string;
  /**
   * True if the cluster is outside the data folder. A copy of the data folder then leads to the
   * same cluster.
   */
  isExternal: boolean;
}

/** Returns the default folder for PostgreSQL's files of a data folder. Creates nothing. */
export function homeOf(dataDir: string): string {
  return path.join(path.resolve(dataDir), 'postgres');
}

/** Describes where the data are stored, in one line. */
export function describeLocation({ pgData, isExternal, dataDir }: ClusterLocation): string {
  const backup = isExternal ? `, outside of the data folder ${dataDir}: back up both together` : '';
  return `The database is in ${pgData}${backup}.`;
}
