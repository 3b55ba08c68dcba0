import { isAbsolute, resolve } from 'node:path';
import { ModuleError, ParamsError } from '@synap/module-sdk';
import { type Config, ownCheckout } from './config.js';

/** A repository that the operator listed. */
export interface ListedRepository {
  /** The folder's name; with its parents' names in front where several folders have one name. */
  readonly name: string;
  /** Absolute, unless the operator listed another: reading that one fails. */
  readonly path: string;
}

/** The listed repositories, each path once, by unique names. */
export function listRepositories({ repositories }: Config): ListedRepository[] {
  const own = ownCheckout();
  const listed = repositories ?? (own === undefined ? [] : [own]);
  const paths = [...new Set(listed.map((path) => (isAbsolute(path) ? resolve(path) : path)))];
  return paths.map((path) => ({ path, name: uniqueName(path, paths) }));
}

/** As many trailing parts of a path as no other path ends in. */
function uniqueName(path: string, paths: readonly string[]): string {
  const parts = partsOf(path);
  for (let count = 1; count < parts.length; count += 1) {
    const name = parts.slice(-count).join('/');
    const same = paths.filter((other) => partsOf(other).slice(-count).join('/') === name);
    if (same.length === 1) return name;
  }
  return parts.join('/') || path;
}

/** `/srv/app/.git` and `/srv/app.git` are both called `app`. */
const partsOf = (path: string): string[] =>
  path
    .replace(/[\\/]\.git$/, '')
    .replace(/\.git$/, '')
    .split(/[\\/]/)
    .filter((part) => part !== '');

/**
 * The repository that a widget's `repository` names: by name or by its listed path; the first one
 * when it names none.
 * @throws ParamsError when there is no such repository; ModuleError when none is listed.
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
