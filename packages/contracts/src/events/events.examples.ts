import { ann } from '../users/users.examples.js';
import type { Event } from './events.schemas.js';

export const started: Event = {
  id: '019ab9d2-71c4-7d0e-9a55-3c1f0b7e2d11',
  source: 'user',
  type: 'session.started',
  subject: 'session 019ab9d2-71b0-7a63-8c12-5f0e9d4c3b2a',
  moduleId: null,
  actorId: ann.id,
  address: '192.0.2.1',
  requestId: '0b5ed4cf-5d6b-4a5f-9a5e-0f6d5c1f2a3b',
  payload: {},
  occurredAt: new Date('2026-11-25T09:30:12.004Z'),
};
