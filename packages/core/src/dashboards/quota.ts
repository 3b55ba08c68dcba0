import { conflict } from '@synap/contracts';
import type { Repositories } from '../repositories.js';
import type { DashboardContent } from './dashboards.repository.js';

/** What one user may keep; figures far beyond any honest use, so that nobody fills the disk. */
export const dashboardQuota = { dashboards: 500, bytes: 20_000_000 } as const;

/** Bytes that count for a dashboard. */
export const bytesOf = (content: DashboardContent): number =>
  Buffer.byteLength(JSON.stringify(content));

interface Growth {
  dashboards: number;
  bytes: number;
}

/**
 * Throws `conflict` if the user would keep too much. To be called under the user's lock, or two
 * saves at once could both fit.
 */
export async function assertWithinQuota(
  { dashboards }: Pick<Repositories, 'dashboards'>,
  ownerId: string,
  growth: Growth,
  quota: Growth = dashboardQuota,
): Promise<void> {
  // What shrinks always fits, also where there was too much before.
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
