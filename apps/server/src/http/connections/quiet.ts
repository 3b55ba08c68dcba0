import type { Server } from 'node:http';

/**
 * Longest turn of the event loop, in milliseconds, after which what it found still counts as the
 * present state.
 */
const shortTurn = 0.5;
/** Longest wait for such a turn, in milliseconds. */
const longestWait = 2000;

/**
 * Calls `act` at the end of a short turn of the event loop in which the system had neither a new
 * connection nor a request: closing sockets then resets none whose bytes have arrived. Hold
 * requests meanwhile, since serving them makes turns long. Without such a turn it is called after
 * two seconds.
 */
export function whenQuiet(server: Server, act: () => void): void {
  let isBusy = true;
  const note = () => {
    isBusy = true;
  };
  server.on('connection', note).on('request', note);
  const deadline = performance.now() + longestWait;
  let began = performance.now();
  const look = () => {
    const now = performance.now();
    if ((isBusy || now - began > shortTurn) && now < deadline) {
      isBusy = false;
      began = performance.now();
      setImmediate(look);
      return;
    }
    act();
    server.off('connection', note).off('request', note);
  };
  setImmediate(look);
}
