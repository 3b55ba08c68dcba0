// What the compiler says, and whether it says what it must of a file of mistakes.

/** The diagnostics in the output of `tsc --pretty false`. */
export const parseDiagnostics = (output) =>
  [...output.matchAll(/^(?:(.+?)\((\d+),\d+\): )?error TS(\d+): (.*)$/gm)].map(
    ([, file = '', line, code, message]) => ({
      file,
      line: Number(line ?? 0),
      code: `TS${code}`,
      message,
    }),
  );

/**
 * The mistakes that a source announces: `// TS2339 TS2551 a misspelt procedure`, each up to the
 * next one.
 */
export function readMistakes(source) {
  const lines = source.split('\n');
  const mistakes = lines.flatMap((text, index) => {
    const [, codes, what] = /^\/\/ ((?:TS\d+ )+)(.+)$/.exec(text) ?? [];
    return codes ? [{ line: index + 1, codes: codes.trim().split(' '), what }] : [];
  });
  return mistakes.map((mistake, index) => ({
    ...mistake,
    end: mistakes[index + 1]?.line ?? lines.length + 1,
  }));
}

/**
 * Mistakes that the compiler did not notice, or for another reason; and what it found beside them.
 */
export function judgeMistakes(source, diagnostics) {
  const mistakes = readMistakes(source);
  if (mistakes.length === 0)
    return ['There is no mistake to notice: their comments are not understood any more.'];
  const within = ({ line, end }) =>
    diagnostics.filter((found) => found.line > line && found.line < end);
  const faults = mistakes.flatMap((mistake) => {
    const found = within(mistake);
    if (found.length === 0) return [`It compiles: ${mistake.what} (line ${mistake.line + 1}).`];
    return found
      .filter(({ code }) => !mistake.codes.includes(code))
      .map(
        ({ code, message }) =>
          `${mistake.what} (line ${mistake.line + 1}) is refused for another reason: ${code} ${message}`,
      );
  });
  const announced = new Set(mistakes.flatMap(within));
  const others = diagnostics.filter((found) => !announced.has(found));
  return [
    ...faults,
    ...others.map(({ file, line, code, message }) => `${file}:${line} ${code} ${message}`),
  ];
}
