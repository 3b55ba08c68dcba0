import { conflict } from '@synap/contracts';
import type { Repositories } from '../repositories.js';
import type { DashboardContent } from './dashboards.repository.js';

/** Quota per user. Far above legitimate use; keeps one user from filling the disk. */
export const dashboardQuota = { dashboards: 500, bytes: 20_000_000 } as const;

/** Returns the bytes of a dashboard that count against the quota. */
export const bytesOf = (content: DashboardContent): number =>
  Buffer.byteLength(JSON.stringify(content));

interface Growth {
  dashboards: number;
  bytes: number;
}

/**
 * Throws `conflict` if the change exceeds the quota. The caller must hold the user's lock;
 * otherwise two concurrent saves could both fit.
 */
export async function assertWithinQuota(
  { dashboards }: Pick<Repositories, 'dashboards'>,
  ownerId: string,
  growth: Growth,
  quota: Growth = dashboardQuota,
): Promise<void> {
  // Shrinking is always allowed, even above the quota.
  if (growth.dashboards <= 0 && growth.bytes <= 0) return;
  const usage = await dashboards.usageOf(ownerId);
  if (usage.dashboards + growth.dashboards > quota.dashboards)
    throw conflict(
      `You have ${usage.dashboards} dashboards, and the limit is ${quota.dashboards}: delete one that is not needed.`,
    );
  if (usage.bytes + growth.bytes > quota.bytes)
    throw conflict(
      `Your dashboards hold ${usage.bytes} bytes, and the limit is ${quota.bytes}: delete what is not needed.`,
    );
}
