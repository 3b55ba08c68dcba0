import { type Outcome, stages } from './check.js';

/**
 * Describes the outcome of a generator and document in one line, such as `skipped: oapi-codegen
 * 2.8.2, openapi.json – go not found`.
 */
export function describeOutcome({
  generator,
  version,
  document,
  result,
  reason,
  seconds,
}: Outcome): string {
  const times = stages.flatMap((stage) =>
    seconds[stage] === undefined ? [] : [`${stage} ${seconds[stage].toFixed(1)} s`],
  );
  const ending = result === 'passed' ? times.join(', ') : (reason ?? '');
  return `${result}: ${generator} ${version}, ${document} – ${ending}`;
}

/** Formats all outcomes as a table. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const heading = ['generator', 'version', 'document', 'result', ...stages];
  const rows = outcomes.map(({ generator, version, document, result, seconds }) => [
    generator,
    version,
    document,
    result,
    ...stages.map((stage) =>
      seconds[stage] === undefined ? '–' : `${seconds[stage].toFixed(1)} s`,
    ),
  ]);
  const widths = heading.map((_, column) =>
    Math.max(...[heading, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  return [heading, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
