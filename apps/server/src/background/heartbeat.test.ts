import { until } from '@synap/testing';
import { pino } from 'pino';
import { afterEach, expect, it } from 'vitest';
import { createHeartbeat, type Heartbeat, type HeartbeatTimes } from './heartbeat.js';

const open: Heartbeat[] = [];
afterEach(
  async () => void (await Promise.all(open.splice(0).map((heartbeat) => heartbeat.close()))),
);

/** Beats whose times by the clock of the database are given; afterwards they fail. */
function start(
  times: (number | 'away')[],
  { everyMs, deadAfterMs }: HeartbeatTimes = { everyMs: 10, deadAfterMs: 50 },
) {
  const beats: string[][] = [];
  const judgedAt: number[] = [];
  let now = Number.NaN;
  const heartbeat = createHeartbeat({
    times: { everyMs, deadAfterMs },
    log: pino({ level: 'silent' }),
    recover: async () => undefined,
    workers: {
      async beat(ids) {
        beats.push([...ids]);
        const time = times[beats.length - 1];
        if (time === undefined || time === 'away') throw new Error('the database is away');
        now = time;
        return now;
      },
      async releaseDead(seconds) {
        expect(seconds).toBe(deadAfterMs / 1_000);
        judgedAt.push(now);
        return [];
      },
    },
  });
  open.push(heartbeat);
  return { heartbeat, beats, judgedAt };
}

it('judges others once it has itself beaten without a gap for as long as it takes to be dead', async () => {
  const { heartbeat, beats, judgedAt } = start([0, 10, 20, 30, 40, 50, 60]);
  heartbeat.add('pool');
  await until(() => beats.length > 7);
  expect([...new Set(judgedAt)].slice(0, 2)).toEqual([50, 60]);
});

it('judges no worker after an outage or a sleep, when every last beat is old', async () => {
  const outage = [0, 10, 20, 30, 40, 50, 'away', 'away', 300, 310, 320, 330, 340, 350] as const;
  const { heartbeat, beats, judgedAt } = start([...outage]);
  heartbeat.add('pool');
  await until(() => beats.length > outage.length);
  expect(judgedAt.filter((time) => time > 50 && time < 350)).toEqual([]);
  expect(judgedAt).toContain(350);
});

it('lets a worker take a job once its pool is known to be alive, and not while that cannot be noted', async () => {
  const { heartbeat, beats } = start([0, 1, 'away', 3], {
    everyMs: 3_600_000,
    deadAfterMs: 7_200_000,
  });
  heartbeat.add('first');
  await heartbeat.ensure();
  await heartbeat.ensure();
  expect(beats).toEqual([['first']]);
  heartbeat.add('second');
  await Promise.all([heartbeat.ensure(), heartbeat.ensure()]);
  expect(beats).toEqual([['first'], ['first', 'second']]);
  heartbeat.remove('first');
  heartbeat.add('third');
  await expect(heartbeat.ensure()).rejects.toThrow('the database is away');
  await heartbeat.ensure();
  expect(beats.at(-1)).toEqual(['second', 'third']);
});

it('counts no pool as known that was added while a beat was under way', async () => {
  const { heartbeat, beats } = start([0, 1], { everyMs: 3_600_000, deadAfterMs: 7_200_000 });
  heartbeat.add('first');
  const first = heartbeat.ensure();
  heartbeat.add('second');
  await heartbeat.ensure();
  await first;
  expect(beats).toEqual([['first'], ['first', 'second']]);
});
