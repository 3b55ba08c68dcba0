export type { CloseReason } from './connection.js';
export type { FaultResponder } from './faults.js';
export { type ConnectionLimits, resolveConnectionLimits } from './limits.js';
export { whenQuiet } from './quiet.js';
export { type ConnectionControl, type ConnectionObserver, watchConnections } from './watch.js';
