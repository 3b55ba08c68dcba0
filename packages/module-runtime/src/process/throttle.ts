export interface ThrottleOptions {
  readonly messages: number;
  readonly bytes: number;
  readonly windowMs: number;
}

/**
 * Limits the bytes read per time window. Above the limit, the returned promise waits for the window
 * to end.
 */
export type Throttle = (bytes: number) => Promise<void> | undefined;

export function createThrottle(options: ThrottleOptions): Throttle {
  let windowEnds = 0;
  let left = { messages: 0, bytes: 0 };
  return (bytes) => {
    const now = performance.now();
    if (now >= windowEnds)
      [windowEnds, left] = [
        now + options.windowMs,
        { messages: options.messages, bytes: options.bytes },
      ];
    left.messages -= 1;
    left.bytes -= bytes;
    if (left.messages > 0 && left.bytes > 0) return undefined;
    return new Promise((resolve) => setTimeout(resolve, windowEnds - now));
  };
}
