/** A program to run. Paths that are not absolute are below `cwd`. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** @default The folder that the step works in. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * A part of a toolchain that comes from a registry. It is cached for later runs in a folder of its
 * name.
 */
export interface Download {
  /** Unique; holds the version. */
  readonly name: string;
  /** Commands that must be on the PATH. */
  readonly needs: readonly string[];
  /** Run one after the other in the empty folder of the download. */
  commands(folder: string): readonly Command[];
}

export const documents = ['openapi.json', 'openapi-3.0.json'] as const;
export type DocumentName = (typeof documents)[number];

/**
 * The folder in which a client is generated: a copy of the generator's programs, and `openapi.json`
 * beside them.
 */
export interface Workplace {
  readonly folder: string;
  /** Folder of a download. */
  downloaded(download: Download): string;
}

/** A third-party generator, and a program that uses its client. */
export interface Generator {
  readonly name: string;
  /** The pinned version. */
  readonly version: string;
  /** Documents that the generator reads; a short run uses only the first one. */
  readonly documents: readonly DocumentName[];
  readonly needs: readonly string[];
  readonly downloads: readonly Download[];
  /** Folders below `programs`, copied one over the other. */
  readonly programs: readonly string[];
  generate(workplace: Workplace): Command;
  /** Empty for a language that is not compiled. */
  compile(workplace: Workplace): readonly Command[];
  /**
   * Runs the program. It gets the base URL as its last argument, EMAIL and PASSWORD, and prints a
   * `Flow` as JSON.
   */
  run(workplace: Workplace): Command;
}

/** Result of the program that all generated clients run. */
export interface Flow {
  /** Ids of the listed modules. */
  readonly modules: readonly string[];
  /** Name of the created dashboard. */
  readonly created: string;
  /** Rows of the widget `git/commits`, read with `limit=2`. */
  readonly rows: number;
  /** Name and version after the change with `If-Match`. */
  readonly saved: string;
  readonly version: number;
  /** Problem code of reading the dashboard after its removal. */
  readonly absent: string;
}
