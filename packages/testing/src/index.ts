export { createClock, type TestClock } from './clock.js';
export { createTestDatabase, type TestDatabase, type TestDatabaseOptions } from './database.js';
export { freePort } from './port.js';
export { type UntilOptions, until } from './until.js';
