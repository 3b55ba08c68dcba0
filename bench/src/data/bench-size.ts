/** Number of rows that a run inserts. */
export interface BenchSize {
  /** Users with dashboards that are read. As many others are written to. */
  users: number;
  dashboardsPerUser: number;
  /** Dashboards of the user with a long list; null omits that user. */
  longList: number | null;
}

export const fullSize: BenchSize = { users: 500, dashboardsPerUser: 500, longList: null };
export const quickSize: BenchSize = { users: 100, dashboardsPerUser: 100, longList: null };
export const smokeSize: BenchSize = { users: 5, dashboardsPerUser: 5, longList: null };

export const shortListRows = 1000;
export const longListRows = 1_000_000;
export const widgetsPerDashboard = 12;
/** Dashboards of each user that is written to; the quota of 500 leaves room for new ones. */
export const savedPerUser = 10;
