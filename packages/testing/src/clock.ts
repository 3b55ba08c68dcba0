/** A clock that only a test advances. */
export interface TestClock {
  now(): Date;
  set(time: Date): void;
  advance(milliseconds: number): void;
}

/** Creates a clock. @default start 2026-01-01T00:00:00Z */
export function createClock(start: Date = new Date('2026-01-01T00:00:00Z')): TestClock {
  let time = start.getTime();
  return {
    now: () => new Date(time),
    set: (to) => {
      time = to.getTime();
    },
    advance: (milliseconds) => {
      time += milliseconds;
    },
  };
}
