// Leads the cluster of a data folder until SIGTERM, for tests that kill it. `write` also inserts
// rows and prints each acknowledged row.
import pg from 'pg';
import { startEmbeddedPostgres } from './embedded.js';

const [dataDir = '', mode = 'hold', arch] = process.argv.slice(2);
if (arch) Object.defineProperty(process, 'arch', { value: arch });
const print = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);

async function write(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE TABLE IF NOT EXISTS acknowledged (id int PRIMARY KEY)');
  const { rows } = await client.query<{ next: number }>(
    'SELECT coalesce(max(id), 0) + 1 AS next FROM acknowledged',
  );
  for (let id = rows[0]?.next ?? 1; ; id += 1) {
    await client.query('INSERT INTO acknowledged VALUES ($1)', [id]);
    print({ id });
  }
}

try {
  const { url, port, pid, folder, stop } = await startEmbeddedPostgres({
    dataDir,
    durable: mode === 'write',
  });
  process.on('SIGTERM', () => void stop().then(() => process.exit(0)));
  print({ url, port, pid, folder });
  if (mode === 'write') await write(url);
  setInterval(() => {}, 60_000);
} catch (error) {
  print({ error: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}
