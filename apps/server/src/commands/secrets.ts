import { createRepositories, type RotationResult, rotateSecrets, sealedSources } from '@synap/core';
import { createSecretBox, signingKeysOf } from '@synap/security';
import { parseEnvironment } from '../config/env.js';
import { resolveSecrets } from '../config/secrets.js';
import { useDatabase } from './use-database.js';

/**
 * `rotate` re-encrypts every stored secret with the first key of ENCRYPTION_SECRET. Returns 0 when
 * no other key is needed, 1 when a secret cannot be decrypted.
 */
export async function secrets(
  variables: NodeJS.ProcessEnv,
  action: string | undefined,
): Promise<number> {
  if (action !== 'rotate') {
    process.stderr.write('Usage: synap secrets rotate\n');
    return 2;
  }
  const environment = parseEnvironment(variables);
  const { encryption } = await resolveSecrets(environment);
  const box = createSecretBox({ keys: signingKeysOf(encryption) });
  const results = await useDatabase(environment, 'synap secrets', ({ db, sql }) =>
    rotateSecrets({ sources: sealedSources(createRepositories(db, sql)), box }),
  );
  return print(results, box.currentKeyId);
}

const advice = `Entries that cannot be opened are unchanged. List the keys named above in ENCRYPTION_SECRET, after the current one and each with its own
secret, and run this again. An entry that still cannot be opened is damaged, or its key is lost.`;

function print(results: readonly RotationResult[], current: string): number {
  for (const { name, resealed, unopenable } of results) {
    console.log(`${name}: ${resealed} re-encrypted with key "${current}"`);
    for (const [keyId, count] of unopenable)
      process.stderr.write(`${name}: ${count} of key "${keyId}" cannot be opened\n`);
  }
  const whole = results.every(({ unopenable }) => unopenable.size === 0);
  if (whole)
    console.log(
      `Everything is encrypted with key "${current}": once every process lists it first, remove the others from ENCRYPTION_SECRET.`,
    );
  else process.stderr.write(`${advice}\n`);
  return whole ? 0 : 1;
}
