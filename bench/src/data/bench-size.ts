/** Number of rows that a run inserts. */
export interface BenchSize {
  /** Users with dashboards that are read. As many others are written to. */
  users: number;
  dashboardsPerUser: number;
  /** Random dashboards that the requests of one load address. */
  sample: number;
  /** Dashboards of the user with a long list; null omits that user. */
  longList: number | null;
}

export const fullSize: BenchSize = {
  users: 500,
  dashboardsPerUser: 500,
  sample: 10_000,
  longList: null,
};
export const quickSize: BenchSize = {
  users: 100,
  dashboardsPerUser: 50,
  sample: 2000,
  longList: null,
};
export const smokeSize: BenchSize = { users: 5, dashboardsPerUser: 5, sample: 25, longList: null };

export const shortListRows = 1000;
export const longListRows = 1_000_000;
export const widgetsPerDashboard = 12;
/** Dashboards of each user that is written to; the quota of 500 leaves room for new ones. */
export const savedPerUser = 10;
