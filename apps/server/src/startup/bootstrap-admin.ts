import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Core } from '@synap/core';
import type { Environment } from '../config/env.js';

/**
 * Creates the superuser of a new installation. Shows the password once: on a terminal, else in a
 * 0600 file in the data folder.
 */
export async function bootstrapAdmin(
  core: Pick<Core, 'ensureSuperuser'>,
  { admin, dataDir }: Environment,
  print: (line: string) => void,
): Promise<void> {
  const made = await core.ensureSuperuser(admin);
  if (!made) return;
  if (made === 'address-taken') {
    print(
      `There is no superuser, and ${admin.email} has an ordinary account: start with another SYNAP_ADMIN_EMAIL.`,
    );
    return;
  }
  print(`Superuser: ${made.email}`);
  if (made.madePassword === null) return;
  if (process.stdout.isTTY) {
    print(`Password:  ${made.madePassword}   (shown this once; change it after signing in)`);
    return;
  }
  const file = path.join(dataDir, 'first-password.txt');
  await writeFile(file, `${made.madePassword}\n`, { mode: 0o600 });
  print(`Password:  in ${file} (delete it after signing in)`);
}
