/** Most pipelined requests that start in one turn of the event loop. */
const requestsPerTurn = 16;

/** Starts a request in a later turn of the event loop. */
export type ScheduleRequest = (begin: () => void) => void;

/**
 * Starts queued requests of pipelines a few per event-loop turn, so that other connections are
 * accepted and served in between.
 */
export function createRequestScheduler(): ScheduleRequest {
  const waiting: (() => void)[] = [];
  let isScheduled = false;
  const run = () => {
    for (const begin of waiting.splice(0, requestsPerTurn)) begin();
    isScheduled = waiting.length > 0;
    if (isScheduled) setImmediate(run);
  };
  return (begin) => {
    waiting.push(begin);
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(run);
  };
}
