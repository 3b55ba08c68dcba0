// Makes the published form in dist/bundle: one module and one declaration file that import nothing but the peers. Needs `tsc -b` before.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const packages = path.dirname(root);
const { peerDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

const isPeer = (id) => Object.keys(peerDependencies).some((name) => id === name || id.startsWith(`${name}/`));

/** What procedures are called with and annotated by is the server's business: nothing of it may be in a client. */
const emptied = new Map([
  [path.join(packages, 'api/dist/context.d.ts'), 'export interface Context {}'],
  [path.join(packages, 'api/dist/meta.d.ts'), 'export interface Meta {}\nexport type Scope = string;'],
]);

/** Takes the declarations of the workspace's packages as built, whatever condition Node would resolve. */
const workspaceDeclarations = {
  name: 'workspace-declarations',
  resolveId(id) {
    const [, name, part = 'index'] = /^@synap\/([^/]+)(?:\/(.+))?$/.exec(id) ?? [];
    return name ? path.join(packages, name, 'dist', `${part}.d.ts`) : null;
  },
  load: (id) => emptied.get(id) ?? null,
  buildEnd() {
    const seen = new Set(this.getModuleIds());
    for (const file of emptied.keys()) {
      if (!seen.has(file))
        throw new Error(`${file} was not met: it has moved, and what took its place may leak. Mend scripts/bundle.mjs.`);
    }
  },
};

/** zod's type of any JSON value is the one thing of it that reaches inputs; it is spelt out, so that clients need no zod. */
const jsonWithoutZod = {
  name: 'json-without-zod',
  renderChunk(code) {
    const spelt = code.replaceAll(/\bzod\.JSONType\b/g, 'JsonValue');
    if (spelt === code) return null;
    const type = 'type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };\n';
    return /\bzod\./.test(spelt) ? null : spelt.replace(/^import \* as zod from 'zod';\n/m, `\n${type}`);
  },
};

async function bundle(input, file, plugins, banner = '') {
  const build = await rollup({
    input: path.join(root, input),
    external: (id) => !/^(\.|\/|@synap\/)/.test(id),
    treeshake: { moduleSideEffects: false },
    plugins,
    onwarn(warning) {
      throw new Error(`${warning.code}: ${warning.message}`);
    },
  });
  await build.write({ file: path.join(root, file), format: 'es', banner });
  await build.close();
  const code = readFileSync(path.join(root, file), 'utf8');
  const imported = [...code.matchAll(/^(?:import|export)\b.*? from ['"]([^'"]+)['"]|\bimport\(['"]([^'"]+)['"]\)/gm)];
  const foreign = imported.map(([, from, inline]) => from ?? inline).filter((id) => !isPeer(id));
  if (foreign.length > 0) throw new Error(`${file} imports ${foreign.join(', ')}: only peers may be imported.`);
  console.log(`${file}: ${(Buffer.byteLength(code) / 1000).toFixed(1)} kB`);
}

await bundle('dist/index.js', 'dist/bundle/index.js', []);
// tRPC's own declarations need this library, which no `target` but `esnext` brings.
const disposable = '/// <reference lib="esnext.disposable" />';
await bundle('dist/index.d.ts', 'dist/bundle/index.d.ts', [workspaceDeclarations, dts(), jsonWithoutZod], disposable);
