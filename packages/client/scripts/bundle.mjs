// Builds the published form in dist/bundle: modules and declaration files for each entry, for
// `import` and `require`, that import only peers. Run `tsc -b` first.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { appRouter } from '@synap/api';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { declarationMap } from './bundle/declaration-map.mjs';
import { describeDeclarations } from './bundle/describe.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const packages = path.dirname(root);

/**
 * Imports allowed for each entry. The bindings import the client from its own file, so that there
 * is one `SynapError` and one `AppRouter` to check.
 */
const entries = [
  { name: 'index', source: 'dist/index', imports: ['@trpc/client', '@trpc/server', 'superjson'] },
  {
    name: 'react',
    source: 'dist/react/index',
    imports: ['@tanstack/react-query', '@trpc/client', '@trpc/server', 'react', './index.js'],
  },
];

/** Types of the server's side of a call; a client must not contain their members. */
const emptied = new Map([
  [path.join(packages, 'api/dist/context.d.ts'), 'export interface Context {}'],
  [
    path.join(packages, 'api/dist/meta.d.ts'),
    'export interface Meta {}\nexport type Scope = string;',
  ],
]);
const met = new Set();

/**
 * Resolves the workspace's packages to their built declarations, whatever condition Node.js would
 * use.
 */
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

/** Keeps the main entry external to the other entries, which import it. */
const externalMainEntry = {
  name: 'door-beside',
  resolveId: (id, importer) =>
    importer !== undefined && id === '../index.js' ? { id: './index.js', external: true } : null,
};

/** Rewrites an entry's code for `require`, next to the other entry for `require`. */
const forRequire = (code) => code.replaceAll("'./index.js'", "'./index.cjs'");
/** Indentation by spaces would be a fifth of the declarations. */
const indentByTabs = (code) =>
  code.replaceAll(/^(?: {4})+/gm, (spaces) => '\t'.repeat(spaces.length / 4));

function write(file, content) {
  writeFileSync(path.join(root, 'dist/bundle', file), content);
  console.log(`dist/bundle/${file}: ${(Buffer.byteLength(content) / 1000).toFixed(1)} kB`);
}

/** Bundles one entry. Returns a function that generates its code as `es` or `cjs`. */
async function bundle({ source, imports }, ending, plugins) {
  const build = await rollup({
    input: path.join(root, `${source}${ending}`),
    external: (id) => !/^(\.|\/|@synap\/)/.test(id),
    treeshake: { moduleSideEffects: false },
    plugins: [externalMainEntry, ...plugins],
    onwarn(warning) {
      throw new Error(`${warning.code}: ${warning.message}`);
    },
  });
  return async (format) => {
    // superjson is an ES module also for `require`, which then returns its namespace.
    const { output } = await build.generate({ format, interop: 'auto' });
    const mayImport = (id) =>
      imports.some((allowed) => id === allowed || id.startsWith(`${allowed}/`));
    const foreign = output[0].imports.filter((id) => !mayImport(id));
    if (foreign.length > 0)
      throw new Error(
        `${source} imports ${foreign.join(', ')}: it may import ${imports.join(', ')} only.`,
      );
    return output[0].code;
  };
}

function writeDeclarations(file, code) {
  const map = declarationMap(code, path.join(root, 'dist/bundle', file), path.join(root, 'src'));
  write(file, `${code}//# sourceMappingURL=${file}.map\n`);
  write(`${file}.map`, map);
}

const bundleFolder = path.join(root, 'dist/bundle');
rmSync(bundleFolder, { recursive: true, force: true });
mkdirSync(bundleFolder, { recursive: true });
// tRPC's own declarations need this library; no `target` except `esnext` includes it.
const disposable = '/// <reference lib="esnext.disposable" />\n';
for (const entry of entries) {
  const { name } = entry;
  const code = await bundle(entry, '.js', []);
  const [module, commonJs] = [await code('es'), await code('cjs')];
  const types = await (await bundle(entry, '.d.ts', [workspaceDeclarations, dts()]))('es');
  const described =
    name === 'index' ? describeDeclarations(types, appRouter._def.procedures) : types;
  const declarations = disposable + indentByTabs(described);
  write(`${name}.js`, module);
  write(`${name}.cjs`, forRequire(commonJs));
  writeDeclarations(`${name}.d.ts`, declarations);
  writeDeclarations(`${name}.d.cts`, forRequire(declarations));
}
for (const file of emptied.keys()) {
  if (!met.has(file))
    throw new Error(
      `${file} was not found: it has moved, and its successor may leak. Update scripts/bundle.mjs.`,
    );
}
