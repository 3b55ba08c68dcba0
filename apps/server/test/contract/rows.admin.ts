import { admin } from '@synap/contracts';
import { asCaller, byInput } from './reach.js';
import type { Row } from './rows.js';

export const adminRows: Record<string, Row> = {
  'admin.mail.test': {
    endpoint: admin.testMail,
    callers: { anonymous: 401, user: 403, other: 403, superuser: 202 },
    ask: () => ({ input: { to: 'ops@example.org' } }),
    changes: true,
    errors: { 400: byInput({ to: 'nobody' }), 403: asCaller('user') },
  },
  'admin.mail.preview': {
    endpoint: admin.previewMail,
    callers: { anonymous: 401, user: 403, other: 403, superuser: 200 },
    ask: () => ({ input: { template: 'verify' } }),
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
