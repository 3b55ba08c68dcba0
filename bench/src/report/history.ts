import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';

const figuresSchema = z.object({
  name: z.string(),
  callsPerSecond: z.number(),
  p50: z.number(),
  p99: z.number(),
  cpuMicros: z.number().nullable(),
  ratio: z.number(),
  ratioRange: z.tuple([z.number(), z.number()]),
  cpuRatio: z.number().nullable(),
  cpuRatioRange: z.tuple([z.number(), z.number()]).nullable(),
});

const comparisonSchema = z.object({
  scenario: z.string(),
  connections: z.number(),
  figures: z.array(figuresSchema),
});
export type ComparisonResult = z.output<typeof comparisonSchema>;

const machineSchema = z.object({
  /** Commit of the tree, with `+` after it if files differ from the commit. */
  commit: z.string(),
  node: z.string(),
  cpu: z.string(),
  cores: z.number(),
});
export type Machine = z.output<typeof machineSchema>;

/** One run. */
const entrySchema = machineSchema.extend({
  date: z.string(),
  mode: z.string(),
  generator: z.string(),
  /** Share of the cores that other programs used before the run, from 0 to 1. */
  machineLoad: z.number(),
  rounds: z.number(),
  seconds: z.number(),
  comparisons: z.array(comparisonSchema),
  flood: z.unknown(),
  enumeration: z.unknown(),
});
export type Entry = z.output<typeof entrySchema>;

function git(root: string, ...args: string[]): string {
  try {
    return execFileSync('git', ['-C', root, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return ''; // A tree without git is measured too.
  }
}

export function describeMachine(root: string): Machine {
  const changed = git(root, 'status', '--porcelain') === '' ? '' : '+';
  const cpus = os.cpus();
  return {
    commit: `${git(root, 'rev-parse', '--short', 'HEAD')}${changed}`,
    node: process.version,
    cpu: cpus[0]?.model ?? 'unknown',
    cores: cpus.length,
  };
}

export interface History {
  /** Returns all entries, oldest first. Omits those of older formats. */
  read(): Promise<Entry[]>;
  append(entry: Entry): Promise<void>;
}

/** Stores one entry per line in `.bench/history.jsonl`, which git ignores. */
export function createHistory(root: string): History {
  const folder = path.join(root, '.bench');
  const file = path.join(folder, 'history.jsonl');
  return {
    async read() {
      const text = await readFile(file, 'utf8').catch(() => '');
      const lines = text.split('\n').filter((line) => line !== '');
      return lines.flatMap((line) => entrySchema.safeParse(JSON.parse(line)).data ?? []);
    },
    async append(entry) {
      await mkdir(folder, { recursive: true });
      await appendFile(file, `${JSON.stringify(entry)}\n`);
    },
  };
}
