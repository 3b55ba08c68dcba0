import type { ManagedUser } from '../managed-users/managed-users.schemas.js';
import type { User } from './users.schemas.js';

export const ann: User = {
  id: '019aa5c8-5f3e-7c51-9d43-2b7e6a1f0c84',
  email: 'ann@example.org',
  name: 'Ann Berg',
  role: 'user',
  createdAt: new Date('2026-11-02T08:14:51.302Z'),
  updatedAt: new Date('2026-11-20T17:40:09.118Z'),
};

export const managedAnn: ManagedUser = {
  ...ann,
  disabled: false,
  verified: true,
  mustChangePassword: false,
};
export const lastSuperuser = {
  code: 'conflict',
  detail: 'This is the last superuser: create another one first',
};
