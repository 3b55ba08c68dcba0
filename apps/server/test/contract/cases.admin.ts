import type { ContractCase } from './contract-case.js';
import { asCaller, byInput } from './error-cases.js';

export const cases: Record<string, ContractCase> = {
  'admin.mail.test': {
    callers: { anonymous: 401, user: 403, other: 403, superuser: 202 },
    validCall: () => ({ input: { to: 'ops@example.org' } }),
    changes: true,
    errors: { 400: byInput({ to: 'not-an-address' }), 403: asCaller('user') },
  },
  'admin.mail.preview': {
    callers: { anonymous: 401, user: 403, other: 403, superuser: 200 },
    validCall: () => ({ input: { template: 'verify' } }),
    changes: false,
    errors: {
      400: byInput({ template: 'none' }),
      403: asCaller('user'),
      404: 'its parameter is one of a closed set: another value is 400',
      500: 'it asks neither the database nor a module',
      503: 'it asks neither the database nor a module',
    },
  },
};
