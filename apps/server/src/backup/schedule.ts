import { type CronMatcher, parseCronItem } from 'graphile-worker';

const matcherOf = (schedule: string): CronMatcher =>
  parseCronItem({ task: 'backup', match: schedule }).match;

/** True if the job queue can parse this cron expression. */
export function isSchedule(text: string): boolean {
  try {
    matcherOf(text);
    return true;
  } catch {
    return false;
  }
}

const minute = 60_000;
const minutesOfYear = 366 * 24 * 60;

/**
 * Returns the last minute, in UTC, at which the schedule was due before `now`; `null` if there was
 * none within a year.
 */
export function lastDue(schedule: string, now: Date): Date | null {
  const match = matcherOf(schedule);
  const start = Math.floor(now.getTime() / minute) * minute;
  for (let back = 0; back < minutesOfYear; back += 1) {
    const at = new Date(start - back * minute);
    const digest = {
      min: at.getUTCMinutes(),
      hour: at.getUTCHours(),
      date: at.getUTCDate(),
      month: at.getUTCMonth() + 1,
      dow: at.getUTCDay(),
    };
    if (match(digest)) return at;
  }
  return null;
}
