import type { Server } from 'node:http';

/** Longest turn of the event loop, in milliseconds, whose findings still count as current. */
const shortTurnMs = 0.5;
/** Longest wait for such a turn, in milliseconds. */
const maxWaitMs = 2000;

/**
 * Calls `act` at the end of a short event-loop turn without new connections or requests, at the
 * latest after two seconds. Closing sockets then resets none whose bytes have arrived. Hold
 * requests meanwhile, because serving them makes turns long.
 */
export function whenQuiet(server: Server, act: () => void): void {
  let isBusy = true;
  const markBusy = () => {
    isBusy = true;
  };
  server.on('connection', markBusy).on('request', markBusy);
  const deadline = performance.now() + maxWaitMs;
  let began = performance.now();
  const poll = () => {
    const now = performance.now();
    if ((isBusy || now - began > shortTurnMs) && now < deadline) {
      isBusy = false;
      began = performance.now();
      setImmediate(poll);
      return;
    }
    act();
    server.off('connection', markBusy).off('request', markBusy);
  };
  setImmediate(poll);
}
