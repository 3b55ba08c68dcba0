// Makes the published form in dist/bundle: per entry one module and one declaration file that import nothing but peers. Needs `tsc -b` before.
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const packages = path.dirname(root);

/** What each entry may import. The bindings take the client from beside them: there is one `SynapError`, and one `AppRouter` to check. */
const entries = [
  { name: 'index', source: 'dist/index', imports: ['@trpc/client', '@trpc/server', 'superjson'] },
  {
    name: 'react',
    source: 'dist/react/index',
    imports: ['@tanstack/react-query', '@trpc/client', '@trpc/server', 'react', './index.js'],
  },
];

/** What procedures are called with and annotated by is the server's business: nothing of it may be in a client. */
const emptied = new Map([
  [path.join(packages, 'api/dist/context.d.ts'), 'export interface Context {}'],
  [path.join(packages, 'api/dist/meta.d.ts'), 'export interface Meta {}\nexport type Scope = string;'],
]);
const met = new Set();

/** Takes the declarations of the workspace's packages as built, whatever condition Node would resolve. */
const workspaceDeclarations = {
  name: 'workspace-declarations',
  resolveId(id) {
    const [, name, part = 'index'] = /^@synap\/([^/]+)(?:\/(.+))?$/.exec(id) ?? [];
    return name ? path.join(packages, name, 'dist', `${part}.d.ts`) : null;
  },
  load(id) {
    if (emptied.has(id)) met.add(id);
    return emptied.get(id) ?? null;
  },
};

/** Keeps the door of the package out of the other entries: they import it. */
const doorBeside = {
  name: 'door-beside',
  resolveId: (id, importer) => (importer !== undefined && id === '../index.js' ? { id: './index.js', external: true } : null),
};

/** A fifth of the declarations would be spaces. */
const indentedByTabs = {
  name: 'indented-by-tabs',
  renderChunk: (code) => code.replaceAll(/^(?: {4})+/gm, (spaces) => '\t'.repeat(spaces.length / 4)),
};

async function bundle({ source, name, imports }, ending, plugins, banner = '') {
  const file = path.join(root, 'dist/bundle', `${name}${ending}`);
  const build = await rollup({
    input: path.join(root, `${source}${ending}`),
    external: (id) => !/^(\.|\/|@synap\/)/.test(id),
    treeshake: { moduleSideEffects: false },
    plugins: [doorBeside, ...plugins],
    onwarn(warning) {
      throw new Error(`${warning.code}: ${warning.message}`);
    },
  });
  const { output } = await build.write({ file, format: 'es', banner });
  await build.close();
  const mayImport = (id) => imports.some((allowed) => id === allowed || id.startsWith(`${allowed}/`));
  const foreign = output[0].imports.filter((id) => !mayImport(id));
  if (foreign.length > 0) throw new Error(`${file} imports ${foreign.join(', ')}: it may import ${imports.join(', ')} only.`);
  console.log(`${path.relative(root, file)}: ${(Buffer.byteLength(readFileSync(file)) / 1000).toFixed(1)} kB`);
}

rmSync(path.join(root, 'dist/bundle'), { recursive: true, force: true });
// tRPC's own declarations need this library, which no `target` but `esnext` brings.
const disposable = '/// <reference lib="esnext.disposable" />';
for (const entry of entries) {
  await bundle(entry, '.js', []);
  await bundle(entry, '.d.ts', [workspaceDeclarations, dts(), indentedByTabs], disposable);
}
for (const file of emptied.keys()) {
  if (!met.has(file))
    throw new Error(`${file} was not met: it has moved, and what took its place may leak. Mend scripts/bundle.mjs.`);
}
