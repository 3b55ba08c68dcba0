import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isOnPath, runCommand } from './command.js';
import type { Command, Download, Generator } from './generator.js';

export interface FetchLimits {
  /** Longest time for one command that fetches. */
  readonly commandMs: number;
  /** Longest time for all of them together: an unreachable registry must not hold up a run. */
  readonly totalMs: number;
}

const defaultLimits: FetchLimits = { commandMs: 90_000, totalMs: 150_000 };

/** Reason why a generator cannot run on this machine; not a fault of the product. */
export class Unavailable extends Error {}

export interface Downloads {
  folderOf(download: Download): string;
  /** Fetches what the generator needs and the cache lacks. Rejects with `Unavailable`. */
  provide(generator: Generator): Promise<void>;
}

/** Caches downloads in a folder. A failed one is not retried in the same run. */
export function createDownloads(cache: string, limits: FetchLimits = defaultLimits): Downloads {
  let remainingMs = limits.totalMs;
  const attempts = new Map<string, Promise<void>>();
  const folderOf = ({ name }: Download) => path.join(cache, name);

  async function runWithinLimits(command: Command, folder: string): Promise<void> {
    if (remainingMs <= 0) throw new Error('the time for fetching is used up');
    const startedAt = performance.now();
    try {
      await runCommand(command, folder, Math.min(limits.commandMs, remainingMs));
    } finally {
      remainingMs -= performance.now() - startedAt;
    }
  }

  async function fetch(download: Download): Promise<void> {
    const folder = folderOf(download);
    const complete = path.join(folder, '.complete');
    if (existsSync(complete)) return;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    try {
      for (const command of download.commands(folder)) await runWithinLimits(command, folder);
    } catch (error) {
      throw new Unavailable(`${download.name} could not be fetched: ${lastLine(error)}`);
    }
    await writeFile(complete, '');
  }

  return {
    folderOf,
    async provide({ needs, downloads }) {
      for (const name of [...needs, ...downloads.flatMap((download) => download.needs)])
        if (!(await isOnPath(name))) throw new Unavailable(`${name} not found`);
      for (const download of downloads) {
        const attempt = attempts.get(download.name) ?? fetch(download);
        attempts.set(download.name, attempt);
        await attempt;
      }
    },
  };
}

const lastLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .at(-1)
    ?.slice(0, 200) ?? '';
