/** A share in percent with one decimal, within 0 to 100; 0 of nothing. */
export const percent = (part: number, whole: number): number =>
  whole > 0 ? Math.min(100, Math.max(0, Math.round((part / whole) * 1_000) / 10)) : 0;
