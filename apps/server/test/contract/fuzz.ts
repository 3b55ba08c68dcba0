import fc from 'fast-check';

/** Fixed by default, so that every run of the tests has the same inputs. */
const seed = Number(process.env.FUZZ_SEED ?? 20261125);
/** Number of inputs for each property. */
export const fuzzRuns = Number(process.env.FUZZ_RUNS ?? 25);

/**
 * Checks a property. Properties with different offsets do not share inputs.
 * @throws Error with the environment variables that repeat a failure.
 */
export async function assertProperty<T>(
  property: fc.IAsyncProperty<T>,
  { offset = 0, numRuns = fuzzRuns } = {},
): Promise<void> {
  try {
    await fc.assert(property, { seed: (seed + offset) | 0, numRuns });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${message}\nRepeat with FUZZ_SEED=${seed} FUZZ_RUNS=${fuzzRuns}.`, { cause });
  }
}
