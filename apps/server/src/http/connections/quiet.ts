import type { Server } from 'node:http';

/**
 * Longest turn of the event loop, in milliseconds, after which what it found still counts as the
 * present state.
 */
const shortTurnMs = 0.5;
/** Longest wait for such a turn, in milliseconds. */
const maxWaitMs = 2000;

/**
 * Calls `act` at the end of a short turn of the event loop in which the system had neither a new
 * connection nor a request: closing sockets then resets none whose bytes have arrived. Hold
 * requests meanwhile, since serving them makes turns long. Without such a turn it is called after
 * two seconds.
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
