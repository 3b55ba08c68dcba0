// What the package may cost those who use it.

/**
 * kB are 1000 bytes. `ratio` is the compiler's time to that for an empty program under the same
 * options.
 */
const budgets = [
  { of: 'declarations', limit: 1.5, unit: 'kB a procedure' },
  { of: 'browser bundle', limit: 25, unit: 'kB, gzip, with its peers' },
  { of: 'types of the client', limit: 2, unit: '× tsc of an empty program' },
  { of: 'types of the bindings', limit: 3, unit: '× tsc of an empty program' },
];

/**
 * A row per measurement: `{ of, by?, value }`, `of` being a budget's name. A budget that nothing
 * was measured for is passed, too.
 */
export function judgeBudgets(measured) {
  const rows = budgets.flatMap(({ of, limit, unit }) => {
    const values = measured.filter((one) => one.of === of);
    return (values.length > 0 ? values : [{ of, value: Number.NaN }]).map(({ by, value }) => ({
      of: by ? `${of}, ${by}` : of,
      value,
      limit,
      unit,
      // Not `value > limit`, which holds of no NaN.
      passed: !(value <= limit),
    }));
  });
  const faults = rows
    .filter(({ passed }) => passed)
    .map(({ of, value, limit, unit }) => `${of}: ${value.toFixed(2)} of ${limit} ${unit}.`);
  return { rows, faults };
}

/** The table, for people. */
export function printBudgets(rows) {
  const width = Math.max(...rows.map(({ of }) => of.length));
  for (const { of, value, limit, unit, passed } of rows) {
    console.log(
      `${passed ? '✗' : '✓'} ${of.padEnd(width)}  ${value.toFixed(2).padStart(6)}  of ${String(limit).padStart(3)} ${unit}`,
    );
  }
}
