/** Returns the time in milliseconds since the epoch. `Date` itself is a clock. */
export interface Clock {
  now(): number;
}
