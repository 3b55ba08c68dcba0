/** Another process is the leader of this data folder's cluster. */
export class DataInUseError extends Error {
  override name = 'DataInUseError';
  constructor(
    readonly dataDir: string,
    /** Process id of the leader, if known. */
    readonly pid: number | null,
  ) {
    const holder = pid === null ? 'another process' : `process ${pid}`;
    super(
      `The data in ${dataDir} are in use by ${holder} (another Synap). Stop it first, or set SYNAP_DATA_DIR to another folder.`,
    );
  }
}
