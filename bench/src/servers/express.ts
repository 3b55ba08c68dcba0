import { createServer } from 'node:http';
import express from 'express';
import { announce } from './serve.js';

/** Express 5 alone: one route, no middleware. */
const app = express().get('/', (_req, res) => void res.json({ status: 'ok' }));

announce(createServer(app));
