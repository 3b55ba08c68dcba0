import { existsSync } from 'node:fs';
import { startEmbeddedPostgres } from '@synap/db';
import { prepareDataFolder } from './config/data-folder.js';
import { readEnvironment } from './config/env.js';

/**
 * Runs the embedded PostgreSQL while the server restarts at each save (`pnpm dev`); ends with its
 * parent. Sends its address to the parent, or null if the settings name another database or are
 * invalid, which the server reports.
 */
async function holdDatabase(send: (address: string | null) => void): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const { environment, faults } = readEnvironment(process.env);
  if (environment.database.url || faults.length > 0) return send(null);
  // A terminal sends these to all processes at once, and the server needs its database until it has
  // ended.
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
  const ended = new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('disconnect', resolve);
  });
  await prepareDataFolder(environment.dataDir);
  const embedded = await startEmbeddedPostgres({
    dataDir: environment.dataDir,
    log: (line) => console.log(line),
  });
  send(embedded.url);
  await ended;
  await embedded.stop();
}

try {
  await holdDatabase((address) => process.send?.(address));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
process.disconnect?.();
