/** Returns a share in percent with one decimal, clamped to 0–100; 0 if `whole` is 0. */
export const percent = (part: number, whole: number): number =>
  whole > 0 ? Math.min(100, Math.max(0, Math.round((part / whole) * 1_000) / 10)) : 0;
