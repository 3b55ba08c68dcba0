// Budgets of the package: size and compile time.

/**
 * kB are 1000 bytes. A ratio compares the compiler's time with that for an empty program under the
 * same options.
 */
const budgets = [
  { of: 'declarations', limit: 1.5, unit: 'kB a procedure' },
  { of: 'browser bundle', limit: 25, unit: 'kB, gzip, with its peers' },
  { of: 'types of the client', limit: 2, unit: '× tsc of an empty program' },
  { of: 'types of the bindings', limit: 3, unit: '× tsc of an empty program' },
];

/**
 * Returns a row per measurement `{ of, by?, value }`; `of` is a budget's name. An unmeasured budget
 * counts as exceeded.
 */
export function judgeBudgets(measured) {
  const rows = budgets.flatMap(({ of, limit, unit }) => {
    const values = measured.filter((one) => one.of === of);
    return (values.length > 0 ? values : [{ of, value: Number.NaN }]).map(({ by, value }) => ({
      of: by ? `${of}, ${by}` : of,
      value,
      limit,
      unit,
      // Not `value > limit`, which is false for NaN.
      exceeded: !(value <= limit),
    }));
  });
  const faults = rows
    .filter(({ exceeded }) => exceeded)
    .map(({ of, value, limit, unit }) => `${of}: ${value.toFixed(2)} of ${limit} ${unit}.`);
  return { rows, faults };
}

/** Prints the rows as a table. */
export function printBudgets(rows) {
  const width = Math.max(...rows.map(({ of }) => of.length));
  for (const { of, value, limit, unit, exceeded } of rows) {
    console.log(
      `${exceeded ? '✗' : '✓'} ${of.padEnd(width)}  ${value.toFixed(2).padStart(6)}  of ${String(limit).padStart(3)} ${unit}`,
    );
  }
}
