import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runCommand } from './command.js';
import { createDownloads, type Downloads, Unavailable } from './downloads.js';
import { flowFaults, parseFlow } from './flow.js';
import type { DocumentName, Generator, Workplace } from './generator.js';
import { cacheFolder, packageFolder, programsFolder } from './programs.js';

/** Longest time for one command that works on this machine. */
const stepLimitMs = 180_000;

export const stages = ['fetch', 'generate', 'compile', 'flow'] as const;
type Stage = (typeof stages)[number];

export interface Outcome {
  readonly generator: string;
  readonly version: string;
  readonly document: DocumentName;
  readonly result: 'passed' | 'skipped' | 'failed';
  /** Reason for skipping, or the output of the failed step. */
  readonly reason?: string;
  /** Seconds of each stage that was reached. */
  readonly seconds: Partial<Record<Stage, number>>;
}

/** A running server with the module `git`, which has more than two commits to show. */
export interface CheckedServer {
  /** Base URL of the REST API. */
  readonly baseUrl: string;
  readonly account: { readonly email: string; readonly password: string };
}

export interface CheckOptions {
  readonly generators: readonly Generator[];
  /** @default Only the first document of each generator. */
  readonly allDocuments?: boolean;
  readonly downloads?: Downloads;
  /** Called after each generator and document. */
  onOutcome?(outcome: Outcome): void;
}

/**
 * Generates, compiles and runs a client with every generator that this machine has. A failing
 * generator becomes an outcome, not a rejection.
 */
export async function checkForeignClients(
  server: CheckedServer,
  options: CheckOptions,
): Promise<Outcome[]> {
  const {
    generators,
    allDocuments = false,
    downloads = createDownloads(cacheFolder),
    onOutcome,
  } = options;
  const outcomes: Outcome[] = [];
  for (const generator of generators) {
    for (const document of allDocuments ? generator.documents : generator.documents.slice(0, 1)) {
      const outcome = await checkGenerator(generator, document, server, downloads);
      outcomes.push(outcome);
      onOutcome?.(outcome);
    }
  }
  return outcomes;
}

async function checkGenerator(
  generator: Generator,
  document: DocumentName,
  server: CheckedServer,
  downloads: Downloads,
): Promise<Outcome> {
  const seconds: Outcome['seconds'] = {};
  const about = { generator: generator.name, version: generator.version, document, seconds };
  async function timed<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      seconds[stage] = (performance.now() - startedAt) / 1000;
    }
  }
  const folder = await mkdtemp(path.join(os.tmpdir(), 'synap-foreign-'));
  try {
    await timed('fetch', () => downloads.provide(generator));
    await furnish(folder, generator, `${server.baseUrl}/${document}`);
    const workplace: Workplace = { folder, downloaded: downloads.folderOf };
    await timed('generate', () => runCommand(generator.generate(workplace), folder, stepLimitMs));
    await timed('compile', async () => {
      for (const command of generator.compile(workplace))
        await runCommand(command, folder, stepLimitMs);
    });
    const printed = await timed('flow', () => runFlow(generator, workplace, server));
    const faults = flowFaults(parseFlow(printed));
    if (faults.length > 0) throw new Error(`${faults.join('\n')}\nThe program printed: ${printed}`);
    return { ...about, result: 'passed' };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...about, result: error instanceof Unavailable ? 'skipped' : 'failed', reason };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Copies the programs, the served document and the packages of this workspace into the folder. */
async function furnish(
  folder: string,
  { programs }: Generator,
  documentUrl: string,
): Promise<void> {
  for (const name of programs)
    await cp(path.join(programsFolder, name), folder, { recursive: true });
  const response = await fetch(documentUrl);
  if (!response.ok) throw new Error(`GET ${documentUrl} gave ${response.status}`);
  await writeFile(path.join(folder, 'openapi.json'), await response.text());
  await symlink(
    path.join(packageFolder, 'node_modules'),
    path.join(folder, 'node_modules'),
    'junction',
  );
}

function runFlow(
  generator: Generator,
  workplace: Workplace,
  { baseUrl, account }: CheckedServer,
): Promise<string> {
  const { program, args, env, ...rest } = generator.run(workplace);
  const variables = { ...env, EMAIL: account.email, PASSWORD: account.password };
  return runCommand(
    { ...rest, program, args: [...args, baseUrl], env: variables },
    workplace.folder,
    stepLimitMs,
  );
}
