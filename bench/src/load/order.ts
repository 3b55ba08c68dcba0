/** Reverses every second round (ABBA), so that a steady drift affects all targets equally. */
export const orderOf = <T>(targets: readonly T[], round: number): T[] =>
  round % 2 === 0 ? [...targets] : targets.toReversed();
