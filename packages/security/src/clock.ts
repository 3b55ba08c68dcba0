/** Returns milliseconds since the epoch. `Date` implements it. */
export interface Clock {
  now(): number;
}
