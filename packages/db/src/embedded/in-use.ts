/** Another process owns the cluster of this data folder. */
export class DataInUseError extends Error {
  override name = 'DataInUseError';
  constructor(
    readonly dataDir: string,
    /** The process that holds the data, if it is known. */
    readonly pid: number | null,
  ) {
    const holder = pid === null ? 'another process' : `process ${pid}`;
    super(
      `The data in ${dataDir} are in use by ${holder} (another Synap). Stop that one first, or set SYNAP_DATA_DIR to a folder of its own.`,
    );
  }
}
