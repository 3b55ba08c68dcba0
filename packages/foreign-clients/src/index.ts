export { type CheckedServer, checkForeignClients, type Outcome } from './check.js';
export { generators } from './generators/index.js';
export { describeOutcome, tableOf } from './report.js';
