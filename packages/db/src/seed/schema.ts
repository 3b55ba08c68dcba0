import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';

const userSchema = z.strictObject({
  email: z.email({ pattern: z.regexes.html5Email }).toLowerCase(),
  name: z.string().min(1),
  password: z.string().min(12),
  role: z.enum(['user', 'superuser']),
});

const widgetSchema = z.strictObject({
  module: z.string().min(1),
  widget: z.string().min(1),
  x: z.int().min(0),
  y: z.int().min(0),
  w: z.int().min(1),
  h: z.int().min(1),
  params: z.record(z.string(), z.json()).default({}),
});

const dashboardSchema = z.strictObject({
  id: z.uuid(),
  owner: z.email({ pattern: z.regexes.html5Email }).toLowerCase(),
  name: z.string().min(1),
  widgets: z.array(widgetSchema).default([]),
});

const seedSchema = z.strictObject({
  users: z.array(userSchema).default([]),
  dashboards: z.array(dashboardSchema).default([]),
});

/** Development data, as in prisma/seed.yaml. */
export type Seed = z.output<typeof seedSchema>;
export type SeedDashboard = Seed['dashboards'][number];

/** Reads development data. Throws with all errors of an invalid file. */
export async function readSeed(file: string): Promise<Seed> {
  const { success, data, error } = seedSchema.safeParse(parse(await readFile(file, 'utf8')));
  if (success) return data;
  throw new Error(`${file} cannot be used:\n${z.prettifyError(error)}`);
}
