/**
 * A server with a worker heartbeat every 200 ms, which takes over from workers without one for four
 * seconds.
 */
import { pino } from 'pino';
import { startServer } from '../src/compose/server.js';
import { parseEnvironment } from '../src/config/env.js';
import { serializers } from '../src/observability/logger.js';

const server = await startServer({
  environment: parseEnvironment(process.env),
  variables: process.env,
  log: pino({ level: 'info', serializers }),
  print: (line) => console.log(line),
  heartbeat: { everyMs: 200, deadAfterMs: 4_000 },
});
process.once('SIGTERM', () => void server.close());
await server.ready;
console.log(`Synap is ready: http://127.0.0.1:${server.port}`);
