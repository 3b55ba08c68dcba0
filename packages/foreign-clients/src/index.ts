export { compilers, type ForeignClient, foreignClients } from './clients.js';
export { type Workplace, workplaceOf } from './workplace.js';
