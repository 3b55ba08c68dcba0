/**
 * Skips a run while the previous one is in progress. A queue of the library would stay locked if a
 * worker presumed dead returns and completes its successor's job.
 */
export function unlessRunning(work: () => Promise<void>): () => Promise<void> {
  let running = false;
  return async () => {
    if (running) return;
    running = true;
    await work().finally(() => {
      running = false;
    });
  };
}
