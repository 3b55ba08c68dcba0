const linesPerWindow = 200;
const windowMs = 1_000;

export interface LineBudget {
  /** Writes a line, or counts it as dropped. */
  write(line: () => void): void;
  drop(count: number): void;
}

/**
 * Limits output to 200 lines a second and reports the number of dropped ones, so that one module
 * cannot fill the log.
 */
export function createLineBudget(onDropped: (count: number) => void): LineBudget {
  let windowEnds = 0;
  let lines = 0;
  let dropped = 0;
  const report = () => {
    onDropped(dropped);
    dropped = 0;
  };
  const drop = (count: number) => {
    if (dropped === 0) setTimeout(report, windowMs).unref();
    dropped += count;
  };
  return {
    write(line) {
      const now = performance.now();
      if (now > windowEnds) [windowEnds, lines] = [now + windowMs, 0];
      lines += 1;
      if (lines <= linesPerWindow) line();
      else drop(1);
    },
    drop,
  };
}
