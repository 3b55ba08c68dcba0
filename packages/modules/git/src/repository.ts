import { isAbsolute, resolve } from 'node:path';
import { ModuleError, ParamsError } from '@synap/module-sdk';
import { type Config, ownCheckout } from './config.js';

/** A repository that the operator listed. */
export interface ListedRepository {
  /** The folder's name, prefixed with its parents' names if several folders have the same name. */
  readonly name: string;
  /** Absolute, unless the operator listed a relative one, which cannot be read. */
  readonly path: string;
}

/** Returns the listed repositories with unique names, each path once. */
export function listRepositories({ repositories }: Config): ListedRepository[] {
  const own = ownCheckout();
  const listed = repositories ?? (own === undefined ? [] : [own]);
  const paths = [...new Set(listed.map((path) => (isAbsolute(path) ? resolve(path) : path)))];
  return paths.map((path) => ({ path, name: uniqueName(path, paths) }));
}

/** Returns the shortest trailing part of a path that no other path has. */
function uniqueName(path: string, paths: readonly string[]): string {
  const parts = partsOf(path);
  for (let count = 1; count < parts.length; count += 1) {
    const name = parts.slice(-count).join('/');
    const same = paths.filter((other) => partsOf(other).slice(-count).join('/') === name);
    if (same.length === 1) return name;
  }
  return parts.join('/') || path;
}

/** Names both `/srv/app/.git` and `/srv/app.git` `app`. */
const partsOf = (path: string): string[] =>
  path
    .replace(/[\\/]\.git$/, '')
    .replace(/\.git$/, '')
    .split(/[\\/]/)
    .filter((part) => part !== '');

/**
 * Finds the repository that a widget's `repository` names, by name or by listed path. Defaults to
 * the first one.
 * @throws ParamsError if there is no such repository
 * @throws ModuleError if none is listed
 */
export function chooseRepository(config: Config, named: string | undefined): ListedRepository {
  const listed = listRepositories(config);
  const [first] = listed;
  if (!first)
    throw new ModuleError(
      'No repository is set up: name its folder in SYNAP_GIT_REPOSITORIES and start the server again',
    );
  if (named === undefined) return first;
  const chosen = listed.find(({ name, path }) => name === named || path === named);
  if (chosen) return chosen;
  throw new ParamsError(
    ['repository'],
    `must be one of: ${listed.map(({ name }) => name).join(', ')}`,
  );
}
