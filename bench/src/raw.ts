import { createSecretKey } from 'node:crypto';
import { createServer } from 'node:http';
import express from 'express';
import jwt from 'jsonwebtoken';
import pg from 'pg';
import { portOf } from './port.js';

/**
 * Reference servers with minimal code: node:http, pg with one prepared statement, and the same token
 * verification; and Express 5 for the trivial call. Prints its ports on standard output.
 */
const key = createSecretKey(Buffer.from(process.env.ACCESS_TOKEN_SECRET ?? ''));
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });

const statement = {
  name: 'dashboard',
  text: `
    SELECT d.id, d.name, d.version, d.created_at AS "createdAt", d.updated_at AS "updatedAt",
      coalesce((
        SELECT json_agg(json_build_object('id', w.id, 'moduleId', w.module_id, 'widgetId', w.widget_id, 'params', w.params,
          'x', w.x, 'y', w.y, 'w', w.w, 'h', w.h) ORDER BY w.position)
        FROM widget_placements w WHERE w.dashboard_id = d.id), '[]') AS widgets
    FROM dashboards d WHERE d.id = $1 AND d.owner_id = $2`,
};

const dashboards = createServer(async (req, res) => {
  const token = (req.headers.authorization ?? '').slice('Bearer '.length);
  const claims = jwt.verify(token, key, {
    algorithms: ['HS256'],
    issuer: 'synap',
    audience: 'synap',
  });
  const { rows } = await pool.query({
    ...statement,
    values: [req.url?.split('/').at(-1), claims.sub],
  });
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(rows[0]));
});

const trivial = express().get('/', (_req, res) => void res.json({ status: 'ok' }));

dashboards.listen(0, '127.0.0.1', () => {
  const alone = createServer(trivial).listen(0, '127.0.0.1', () => {
    console.log(JSON.stringify({ dashboards: portOf(dashboards), express: portOf(alone) }));
  });
});
