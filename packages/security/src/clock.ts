/** Tells the time in milliseconds since the epoch; `Date` itself is one. */
export interface Clock {
  now(): number;
}
