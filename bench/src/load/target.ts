/** One request of a load. `@7+pass@` in the body stands for 7 in the first pass, 8 in the second. */
export interface BenchRequest {
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  /** Access token; none for a public path. */
  token?: string;
  /** JSON. */
  body?: string;
}

export interface ServerProcess {
  origin: string;
  pid: number;
}

/** A server under load, with the requests for it. */
export interface Target {
  name: string;
  server: ServerProcess;
  /** Returns requests with fresh access tokens, which expire after ten minutes. */
  requests: () => BenchRequest[];
  /** Calls per request. @default 1 */
  calls?: number;
  /** Status of each response. @default 200 */
  status?: number;
  /** Throws if a response has an unexpected content. */
  check: (body: unknown) => void;
  /** Runs before each load, such as a reset of the rows that it changes. */
  before?: () => Promise<void>;
}

/** The first target is the base of the ratios. */
export interface Comparison {
  targets: readonly [Target, ...Target[]];
}
