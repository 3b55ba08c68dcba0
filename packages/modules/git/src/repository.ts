import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { type Log, ModuleError, ParamsError } from '@synap/module-sdk';
import { type Config, ownCheckout } from './config.js';

/** A repository that the operator listed. */
export interface ListedRepository {
  /** The folder's name; with its parents' names in front where several folders have one name. */
  readonly name: string;
  readonly path: string;
}

/** A listed repository whose place was checked. */
export interface OpenRepository extends ListedRepository {
  readonly gitDirectory: string;
}

/** The listed repositories, each path once, by unique names. */
export function listRepositories({ repositories }: Config): ListedRepository[] {
  const own = ownCheckout();
  const listed = repositories ?? (own === undefined ? [] : [own]);
  const paths = [...new Set(listed.map((path) => resolve(path)))];
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
 * The repository that a widget's `repository` names: by name or by its listed path; the first one when it names none.
 * @throws ParamsError when there is no such repository; ModuleError when none is listed.
 */
export function chooseRepository(config: Config, named: string | undefined): ListedRepository {
  const listed = listRepositories(config);
  const [first] = listed;
  if (!first)
    throw new ModuleError('No repository is set up: name its folder in SYNAP_GIT_REPOSITORIES and start the server again');
  if (named === undefined) return first;
  const chosen = listed.find(({ name, path }) => name === named || path === named);
  if (chosen) return chosen;
  throw new ParamsError(['repository'], `must be one of: ${listed.map(({ name }) => name).join(', ')}`);
}

/**
 * Finds a listed repository's own folder and refuses one that leads out of the listed folders: a `.git` file, a link, a
 * worktree's common folder or borrowed objects would show what the operator did not list.
 * @throws ModuleError that says what to do.
 */
export async function openRepository(listed: ListedRepository, config: Config, log: Log): Promise<OpenRepository> {
  const fault = (what: string) => new ModuleError(`Repository "${listed.name}" ${what}: correct SYNAP_GIT_REPOSITORIES`);
  const roots = await realRoots(config);
  const gitDirectory = await findGitDirectory(listed.path);
  if (gitDirectory === undefined) {
    log.warn('There is no git repository at a listed path', { path: listed.path });
    throw fault('is no git repository, or may not be read by the server');
  }
  const outside = (await placesOf(gitDirectory)).find((place) => !roots.some((root) => isInside(place, root)));
  if (outside === undefined) return { ...listed, gitDirectory };
  log.warn('A listed repository uses a folder that is not listed', { path: listed.path, outside });
  throw fault('keeps its data in a folder that is not listed; list the repository it belongs to as well');
}

async function realRoots(config: Config): Promise<string[]> {
  const roots = await Promise.all(listRepositories(config).map(({ path }) => realOf(path)));
  return roots.flatMap((root) => root ?? []);
}

const realOf = (path: string): Promise<string | undefined> => realpath(path).catch(() => undefined);

const isInside = (path: string, root: string): boolean =>
  path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);

/** `.git` below the folder, what a `.git` file points to, or the folder itself when it is a bare repository. */
async function findGitDirectory(path: string): Promise<string | undefined> {
  const folder = await realOf(path);
  if (folder === undefined) return undefined;
  const below = await realOf(join(folder, '.git'));
  if (below === undefined) return (await isGitDirectory(folder)) ? folder : undefined;
  if (await isGitDirectory(below)) return below;
  const target = /^gitdir: (.+)/.exec(await textOf(below))?.[1];
  const pointed = target === undefined ? undefined : await realOf(resolve(dirname(below), target.trim()));
  return pointed !== undefined && (await isGitDirectory(pointed)) ? pointed : undefined;
}

const isGitDirectory = async (path: string): Promise<boolean> =>
  (await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )) && (await textOf(join(path, 'HEAD'))) !== '';

/** The folders git reads for a repository, as real paths: its own, the common one, that of objects, and those it borrows from. */
async function placesOf(gitDirectory: string): Promise<string[]> {
  const common = resolve(gitDirectory, (await textOf(join(gitDirectory, 'commondir'))).trim() || '.');
  return [gitDirectory, (await realOf(common)) ?? common, ...(await objectPlaces(join(common, 'objects')))];
}

async function objectPlaces(objects: string, depth = 0): Promise<string[]> {
  const place = (await realOf(objects)) ?? objects;
  // Git itself follows borrowed objects five times and no further.
  if (depth > 5) return [place];
  const lines = (await textOf(join(place, 'info', 'alternates'))).split('\n');
  const borrowed = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  const further = await Promise.all(borrowed.map((line) => objectPlaces(resolve(place, line), depth + 1)));
  return [place, ...further.flat()];
}

const longestText = 100_000;

/** A small file's text; empty when it is not there or not small. */
async function textOf(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    return size > longestText ? '' : await readFile(path, 'utf8');
  } catch {
    return '';
  }
}
