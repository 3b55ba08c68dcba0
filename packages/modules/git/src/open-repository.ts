import { realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { ModuleError } from '@synap/module-sdk';
import type { ReadContext } from './context.js';
import {
  assertPlainRepository,
  assertPlainTree,
  lstatIfPresent,
  readControlFile,
  UnsafeEntry,
} from './git-files.js';
import { type ListedRepository, listRepositories } from './repository.js';

/** A listed repository whose folders were checked. */
export interface OpenRepository extends ListedRepository {
  /** Its own folder (`.git`), a real path. */
  readonly gitDirectory: string;
}

/**
 * Finds a listed repository's own folder. Rejects one that uses a folder outside the listed ones: a
 * `.git` file, a worktree's common folder or borrowed objects would show data that the operator did
 * not list. Rejects links, pipes and devices in it.
 * @throws ModuleError that says what to do.
 */
export async function openRepository(
  listed: ListedRepository,
  { config, log, signal }: ReadContext,
): Promise<OpenRepository> {
  const fault = (
    what: string,
    remedy: string,
    fields: { path: string; outside?: string; code?: string },
  ) => {
    log.warn(`A listed repository ${what}`, fields);
    return new ModuleError(`Repository "${listed.name}" ${what}${remedy}`);
  };
  const correct = ': correct SYNAP_GIT_REPOSITORIES';
  const { path } = listed;
  if (!isAbsolute(path)) throw fault('is not listed by an absolute path', correct, { path });
  try {
    const gitDirectory = await findGitDirectory(path);
    if (gitDirectory === undefined)
      throw fault('is not a git repository, or the server cannot read it', correct, { path });
    const places = await placesOf(gitDirectory, await realRoots(config));
    if (places.outside !== undefined) {
      const remedy = `; list the repository it belongs to as well${correct}`;
      throw fault('keeps its data in a folder that is not listed', remedy, {
        path,
        outside: places.outside,
      });
    }
    for (const folder of new Set([gitDirectory, places.commonDirectory]))
      await assertPlainRepository(folder, signal);
    for (const folder of places.objects) await assertPlainTree(folder, signal);
    return { ...listed, gitDirectory };
  } catch (error) {
    if (error instanceof UnsafeEntry) {
      throw fault(
        'holds a symbolic link, a pipe, a device or an oversized file in its .git folder',
        ': remove it',
        {
          path: error.path,
        },
      );
    }
    if (error instanceof Error && 'code' in error && typeof error.code === 'string')
      throw fault('cannot be read by the server', correct, { path, code: error.code });
    throw error;
  }
}

async function realRoots(config: ReadContext['config']): Promise<string[]> {
  const roots = await Promise.all(
    listRepositories(config).map(({ path }) => (isAbsolute(path) ? realOf(path) : undefined)),
  );
  return roots.flatMap((root) => root ?? []);
}

const realOf = (path: string): Promise<string | undefined> => realpath(path).catch(() => undefined);

const isInside = (path: string, root: string): boolean =>
  path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);

/**
 * Finds `.git` below the folder, the target of a `.git` file, or the folder itself if the
 * repository is bare.
 */
async function findGitDirectory(path: string): Promise<string | undefined> {
  const folder = await realOf(path);
  if (folder === undefined) return undefined;
  const below = await realOf(join(folder, '.git'));
  if (below === undefined) return (await isGitDirectory(folder)) ? folder : undefined;
  if (await isGitDirectory(below)) return below;
  if ((await stat(below)).isDirectory()) return undefined;
  const target = /^gitdir: (.+)/.exec(await readControlFile(below))?.[1];
  const pointed =
    target === undefined ? undefined : await realOf(resolve(dirname(below), target.trim()));
  return pointed !== undefined && (await isGitDirectory(pointed)) ? pointed : undefined;
}

/** True for a folder with any HEAD. An unsafe HEAD is rejected later. */
async function isGitDirectory(path: string): Promise<boolean> {
  if (!(await stat(path)).isDirectory()) return false;
  const head = await lstatIfPresent(join(path, 'HEAD'));
  return head !== undefined && (!head.isFile() || head.size > 0);
}

interface Places {
  /** Folder of its branches; differs from its own folder only for a worktree. */
  readonly commonDirectory: string;
  /** Folders of objects: its own and borrowed ones. */
  readonly objects: readonly string[];
  /** The first folder outside the listed ones; nothing in it has been read. */
  readonly outside?: string | undefined;
}

/** Finds the folders that git reads for a repository, as real paths. */
async function placesOf(gitDirectory: string, roots: readonly string[]): Promise<Places> {
  const isListed = (path: string) => roots.some((root) => isInside(path, root));
  const objects: string[] = [];
  const found = (outside?: string, commonDirectory = gitDirectory): Places => ({
    commonDirectory,
    objects,
    outside,
  });
  if (!isListed(gitDirectory)) return found(gitDirectory);
  const named = withoutLineEnds(await readControlFile(join(gitDirectory, 'commondir'))) || '.';
  const commons = await realCandidates(gitDirectory, named);
  const [common = gitDirectory] = commons;
  const outside =
    commons.find((each) => !isListed(each)) ??
    (await addObjects(await realCandidates(common, 'objects'), 0));
  return found(outside, common);

  /**
   * Adds folders of objects and those they borrow from. Returns the first one that is not listed.
   */
  async function addObjects(
    folders: readonly string[],
    depth: number,
  ): Promise<string | undefined> {
    for (const folder of folders) {
      if (!isListed(folder)) return folder;
      objects.push(folder);
      // Git follows borrowed objects up to five levels.
      if (depth > 5) continue;
      for (const line of (await readControlFile(join(folder, 'info', 'alternates'))).split('\n')) {
        if (line === '' || line.startsWith('#')) continue;
        // Git unquotes such a line, but no tool writes one.
        if (line.startsWith('"')) return line;
        const outsider = await addObjects(await realCandidates(folder, line), depth + 1);
        if (outsider !== undefined) return outsider;
      }
    }
    return undefined;
  }
}

/**
 * Resolves both meanings of `link/../x`, textual and through the link, because versions of git
 * differ.
 */
async function realCandidates(base: string, path: string): Promise<string[]> {
  const spelled = isAbsolute(path) ? path : `${base}/${path}`;
  const lexical = resolve(base, path);
  return [...new Set([(await realOf(spelled)) ?? lexical, (await realOf(lexical)) ?? lexical])];
}

/** Removes trailing line ends as git does, but not blanks. */
function withoutLineEnds(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\n' || text[end - 1] === '\r') end -= 1;
  return text.slice(0, end);
}
