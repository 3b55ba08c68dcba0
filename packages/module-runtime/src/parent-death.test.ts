import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { z } from 'zod';

/** Long enough for a busy machine. */
const soon = { timeout: 10_000 };

const program = fileURLToPath(new URL('./testing/host-program.ts', import.meta.url));
const pidsSchema = z.object({ pids: z.array(z.number().int()) });

/** A dead process has a pid until its parent waits for it: on Linux its state shows that. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

it.each(['patient', 'spin'])(
  'leaves no process behind when the server is killed while a module is at work (%s), nor what the module started',
  async (widgetId) => {
    const server = spawn(
      process.execPath,
      ['--import', 'tsx', '-C', '@synap/source', program, widgetId],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const [line] = await once(createInterface({ input: server.stdout }), 'line');
    const { pids } = pidsSchema.parse(JSON.parse(String(line)));
    expect(pids.map(isAlive)).toEqual([true, true]);
    server.kill('SIGKILL');
    await expect.poll(() => pids.filter(isAlive), soon).toEqual([]);
  },
);
