import { z } from 'zod';
import { contract, type ServiceOf } from '../contract.js';
import { pageInput, pageOf } from '../paging.js';
import { idInput } from '../scalars.js';
import {
  absent,
  commits,
  cpu,
  id,
  made,
  placed,
  saved,
  stale,
  summary,
  unplaceable,
  unsaid,
} from './dashboards.examples.js';
import {
  createDashboardSchema,
  dashboardSchema,
  dashboardSummarySchema,
  removeDashboardSchema,
  saveDashboardSchema,
  upsertDashboardSchema,
} from './dashboards.schemas.js';

export * from './dashboards.schemas.js';

export const dashboards = contract(
  { name: 'dashboards', description: 'Dashboards and the widgets on them' },
  {
    list: {
      access: 'user',
      scope: 'dashboards:read',
      method: 'GET',
      path: '/dashboards',
      summary: 'List my dashboards',
      input: pageInput.prefault({}),
      output: pageOf(dashboardSummarySchema),
      examples: {
        input: { size: 1 },
        output: {
          items: [summary],
          nextCursor: 'MDE5YWE1YzktMGQ3YS03ZTFiLThmMjYtNGM1ZDllM2I3YTEw',
        },
      },
    },
    create: {
      access: 'user',
      scope: 'dashboards:write',
      method: 'POST',
      path: '/dashboards',
      summary: 'Create a dashboard',
      successStatus: 201,
      location: '/dashboards/{id}',
      input: createDashboardSchema,
      output: dashboardSchema,
      examples: {
        input: { name: 'Work', widgets: [commits, cpu] },
        output: made,
        problems: { 400: unplaceable },
      },
    },
    get: {
      access: 'user',
      scope: 'dashboards:read',
      method: 'GET',
      path: '/dashboards/{id}',
      summary: 'Get a dashboard',
      versioned: true,
      input: idInput,
      output: dashboardSchema,
      examples: { input: { id }, output: saved, problems: { 404: absent } },
    },
    save: {
      access: 'user',
      scope: 'dashboards:write',
      method: 'PUT',
      path: '/dashboards/{id}',
      summary: 'Save a dashboard',
      versioned: true,
      input: saveDashboardSchema,
      output: dashboardSchema,
      examples: {
        input: { id, name: saved.name, widgets: placed, version: 7 },
        output: saved,
        problems: { 400: unplaceable, 404: absent, 409: stale, 412: stale, 428: unsaid },
      },
    },
    upsert: {
      access: 'user',
      scope: 'dashboards:write',
      method: 'POST',
      path: '/dashboards/{id}',
      summary: 'Save a dashboard, or create it under this id',
      versioned: true,
      input: upsertDashboardSchema,
      output: dashboardSchema,
      examples: {
        input: { id, name: made.name, widgets: [commits, cpu] },
        output: made,
        problems: { 400: unplaceable, 404: absent, 409: stale, 412: stale },
      },
    },
    remove: {
      access: 'user',
      scope: 'dashboards:write',
      method: 'DELETE',
      path: '/dashboards/{id}',
      summary: 'Delete a dashboard',
      versioned: true,
      successStatus: 204,
      input: removeDashboardSchema,
      output: z.void(),
      examples: { input: { id }, problems: { 404: absent } },
    },
  },
);

export type DashboardsService = ServiceOf<typeof dashboards>;
