import type { ContractCase } from './contract-case.js';
import { asCaller, byInput } from './error-cases.js';

const open = { anonymous: 200, user: 200, other: 200, superuser: 200 } as const;
const asksNobody =
  'it asks neither the database nor a module; only a fault of the server itself, or one that is overloaded';

export const cases: Record<string, ContractCase> = {
  'system.health': {
    callers: open,
    changes: false,
    errors: {
      503: 'it reports an unavailable database with 200; only an overloaded server returns 503',
    },
  },
  'system.meta': {
    callers: open,
    changes: false,
    errors: { 500: asksNobody, 503: asksNobody },
  },
  'system.routes': {
    callers: { anonymous: 401, user: 403, other: 403, superuser: 200 },
    changes: false,
    validCall: () => ({ input: { size: 7 } }),
    errors: { 400: byInput({ size: -1 }), 403: asCaller('user') },
  },
};
