interface Step {
  done: number;
  total: number;
}

/**
 * Sends a run's progress. Steps that come faster than the pipe takes them are left out, the latest
 * excepted.
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
    /** Sends the latest step at once: nothing of the run may follow its outcome. */
    flush(): void {
      if (waiting) void send(waiting);
      waiting = undefined;
    },
  };
}
