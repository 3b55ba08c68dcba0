interface Step {
  done: number;
  total: number;
}

/**
 * Sends a run's progress. Drops steps that come faster than the pipe accepts them, except the
 * latest.
 */
export function createProgress(send: (step: Step) => Promise<void>) {
  let waiting: Step | undefined;
  let sending = false;

  async function drain(first: Step): Promise<void> {
    sending = true;
    for (let step: Step | undefined = first; step; ) {
      waiting = undefined;
      await send(step);
      step = waiting;
    }
    sending = false;
  }

  return {
    report(step: Step): void {
      if (sending) waiting = step;
      else void drain(step);
    },
    /** Sends the latest step at once, because nothing may follow the run's outcome. */
    flush(): void {
      if (waiting) void send(waiting);
      waiting = undefined;
    },
  };
}
