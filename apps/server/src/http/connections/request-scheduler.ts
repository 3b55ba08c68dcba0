/** Most requests of pipelines that begin in one turn of the event loop. */
const requestsPerTurn = 16;

/** Begins a request in a later turn of the event loop. */
export type ScheduleRequest = (begin: () => void) => void;

/**
 * Lets the requests that wait in pipelines begin a few in each turn of the event loop, whatever
 * their number, so that other connections are accepted and served meanwhile.
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
