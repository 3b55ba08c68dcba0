// Converts the package.json of the current folder to its published form, and back: `prepack` and
// `postpack` of packages. Works with npm and pnpm. Removes development fields, applies
// `publishConfig`, and resolves catalog versions.
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const manifestFile = path.resolve('package.json');
const license = path.resolve('LICENSE');
const backup = path.resolve('node_modules/.package.json.before-pack');

/** Returns the installed version, which the catalog pins, or the package that an alias stands for. */
function installed(alias) {
  const manifest = path.resolve('node_modules', alias, 'package.json');
  const { name, version } = JSON.parse(readFileSync(manifest, 'utf8'));
  return name === alias ? version : `npm:${name}@${version}`;
}

const resolved = (dependencies = {}) =>
  Object.fromEntries(
    Object.entries(dependencies).map(([name, range]) => [
      name,
      /^(?:catalog|workspace):/.test(range) ? installed(name) : range,
    ]),
  );

/** Returns the published manifest. */
function published({
  devDependencies: _dev,
  scripts: _scripts,
  private: _private,
  publishConfig,
  dependencies,
  ...manifest
}) {
  return {
    ...manifest,
    ...publishConfig,
    ...(dependencies && { dependencies: resolved(dependencies) }),
  };
}

if (process.argv.includes('--restore')) {
  if (existsSync(backup)) renameSync(backup, manifestFile);
  rmSync(license, { force: true });
} else {
  copyFileSync(manifestFile, backup);
  copyFileSync(path.join(import.meta.dirname, '../LICENSE'), license);
  writeFileSync(
    manifestFile,
    `${JSON.stringify(published(JSON.parse(readFileSync(manifestFile, 'utf8'))), null, 2)}\n`,
  );
}
