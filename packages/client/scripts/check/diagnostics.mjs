// Compares the compiler's diagnostics with the mistakes that a file announces.

/** Parses the output of `tsc --pretty false`. */
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
 * Reads the announced mistakes of a source: `// TS2339 TS2551 a misspelt procedure`, each up to the
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
 * Returns mistakes that the compiler missed or reported with another code, and its other
 * diagnostics.
 */
export function judgeMistakes(source, diagnostics) {
  const mistakes = readMistakes(source);
  if (mistakes.length === 0)
    return ['The file announces no mistakes: the form of their comments has changed.'];
  const within = ({ line, end }) =>
    diagnostics.filter((found) => found.line > line && found.line < end);
  const faults = mistakes.flatMap((mistake) => {
    const found = within(mistake);
    if (found.length === 0) return [`It compiles: ${mistake.what} (line ${mistake.line + 1}).`];
    return found
      .filter(({ code }) => !mistake.codes.includes(code))
      .map(
        ({ code, message }) =>
          `${mistake.what} (line ${mistake.line + 1}) is rejected for another reason: ${code} ${message}`,
      );
  });
  const announced = new Set(mistakes.flatMap(within));
  const others = diagnostics.filter((found) => !announced.has(found));
  return [
    ...faults,
    ...others.map(({ file, line, code, message }) => `${file}:${line} ${code} ${message}`),
  ];
}
