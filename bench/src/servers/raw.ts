import type { IncomingMessage, ServerResponse } from 'node:http';
import { getDashboard } from './dashboard-row.js';
import { userIdOf } from './identity.js';
import { listDashboards } from './raw-list.js';
import { createDashboard, readJson, saveDashboard } from './raw-writes.js';
import { serve } from './serve.js';

/**
 * The base of the ratios, with minimal code: node:http, pg with prepared statements, the token
 * checked on each request, and no validation of input or output.
 */
const reading = {
  data: { one: 0.5, five: 0.4, fifteen: 0.3, cores: 2, usableCores: 2, uptime: 1, scope: 'host' },
  asOf: new Date(),
  stale: false,
};

async function respond(req: IncomingMessage): Promise<unknown> {
  const userId = userIdOf(req.headers.authorization);
  const url = req.url ?? '';
  if (url === '/widget-data') return reading;
  if (req.method === 'POST') return createDashboard(userId, await readJson(req));
  if (url.includes('?')) return listDashboards(userId, new URLSearchParams(url.split('?')[1]));
  const id = url.slice('/dashboards/'.length);
  return req.method === 'PUT'
    ? saveDashboard(userId, id, await readJson(req))
    : getDashboard(id, userId);
}

async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
  try {
    const body = JSON.stringify(await respond(req));
    const status = req.method === 'POST' ? 201 : 200;
    res.writeHead(status, { 'content-type': 'application/json' }).end(body);
  } catch (error) {
    res.writeHead(500).end(String(error));
  }
}

serve(handle);
