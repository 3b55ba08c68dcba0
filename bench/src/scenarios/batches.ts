import type { OwnedDashboard } from '../data/bench-data.js';

export const batchSize = 10;

/** A batch has one token, so its dashboards have one owner. */
export interface Batch extends OwnedDashboard {
  ids: string[];
}

/** Groups dashboards by owner into full batches; repeats some if an owner has too few. */
export function batchesOf(sample: readonly OwnedDashboard[]): Batch[] {
  const owners = new Map<string, OwnedDashboard[]>();
  for (const dashboard of sample) {
    const owned = owners.get(dashboard.userId);
    if (owned) owned.push(dashboard);
    else owners.set(dashboard.userId, [dashboard]);
  }
  return [...owners.values()].flatMap((owned) => {
    const repeated = Array.from({ length: batchSize }, () => owned).flat();
    return owned
      .filter((_, at) => at % batchSize === 0)
      .map(({ id, userId, sessionId }, batch) => ({
        id,
        userId,
        sessionId,
        ids: repeated.slice(batch * batchSize, (batch + 1) * batchSize).map((each) => each.id),
      }));
  });
}
