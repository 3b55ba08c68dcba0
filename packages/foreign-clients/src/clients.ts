/** A generator that others use, and a program that someone writes against what it makes. */
export interface ForeignClient {
  readonly name: string;
  /** The program among ours; it is given the base URL, EMAIL and PASSWORD, and prints what it did as JSON. */
  readonly program: string;
  /** A settings file of the generator's, among our programs. */
  readonly settings?: string;
  /** What generates the client in `src` from a document: a script of an installed package, and its arguments. */
  generate(documentUrl: string): readonly [script: string, ...args: string[]];
}

export const foreignClients: readonly ForeignClient[] = [
  {
    name: 'openapi-typescript with openapi-fetch',
    program: 'openapi-fetch.ts',
    generate: (documentUrl) => ['openapi-typescript/bin/cli.js', documentUrl, '--output', 'src/generated.d.ts'],
  },
  {
    name: '@hey-api/openapi-ts',
    program: 'hey-api.ts',
    settings: 'openapi-ts.config.mjs',
    generate: (documentUrl) => [
      '@hey-api/openapi-ts/bin/run.js',
      ...['--input', documentUrl, '--client', '@hey-api/client-fetch', '--no-log-file', '--silent'],
    ],
  },
];

/** The compilers that what was generated has to please. The generators themselves need the JavaScript API of the older one. */
export const compilers = { '5.9': 'typescript/bin/tsc', '7': 'typescript-7/bin/tsc' } as const;
