import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeSecret } from './secrets.js';

const isCode = (error: unknown, ...codes: string[]) =>
  error instanceof Error && 'code' in error && codes.some((code) => code === error.code);

/**
 * Creates a secret file atomically. If two starts race, the later one uses the file of the earlier
 * one.
 */
async function createSecretFile(file: string, secret = makeSecret()): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${secret}\n`);
    await handle.sync();
    await link(draft, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await handle.close();
    await rm(draft, { force: true });
  }
}

async function readIfExists(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

/** Reads a secret of a folder; `null` if it does not exist. Creates nothing. */
export async function readSecret(folder: string, name: string): Promise<string | null> {
  return (await readIfExists(path.join(folder, name)))?.trim() ?? null;
}

/** Stores an existing secret in the folder, unless the folder already has one of that name. */
export async function keepSecret(folder: string, name: string, secret: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await createSecretFile(path.join(folder, name), secret);
}

/**
 * Reads the named secrets of a folder (one file of mode 0600 each) and creates missing ones. Only
 * for environments without configured secrets. Safe for concurrent starts.
 */
export async function loadSecrets<N extends string>(
  folder: string,
  names: readonly N[],
): Promise<Map<N, string>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const secrets = new Map<N, string>();
  for (const name of names) {
    const file = path.join(folder, name);
    let content = await readIfExists(file);
    if (content === null) {
      await createSecretFile(file);
      content = await readFile(file, 'utf8');
    }
    await chmod(file, 0o600);
    secrets.set(name, content.trim());
  }
  return secrets;
}
