/** A clock that stands still until a test moves it. */
export interface TestClock {
  now(): Date;
  set(time: Date): void;
  advance(milliseconds: number): void;
}

/** A clock that begins at `start` (2026-01-01T00:00:00Z by default). */
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
