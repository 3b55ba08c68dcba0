import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

/**
 * Entry of a browser bundle of all exports. React and TanStack Query are external, because such an
 * application has them anyway.
 */
const source = "export * from '@synap/client';\nexport * from '@synap/client/react';\n";
const entry = 'entry.js';

/**
 * Returns the size in kB after minifying and gzip. Throws if something in it is not for browsers.
 */
export async function browserBundle(folder) {
  const build = await rolldown({
    cwd: folder,
    input: entry,
    platform: 'browser',
    external: [/^react(?:\/|$)/, /^@tanstack\//],
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? path.join(folder, entry) : null),
        load: (id) => (id === path.join(folder, entry) ? source : null),
      },
    ],
    onLog(level, log) {
      if (level === 'warn') throw new Error(`The bundle for browsers: ${log.message}`);
    },
  });
  const { output } = await build.generate({ format: 'es', minify: true });
  await build.close();
  const code = output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('\n');
  return gzipSync(code, { level: 9 }).length / 1000;
}
