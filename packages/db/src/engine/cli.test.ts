import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createProject, type Project } from './project.test.support.js';

// Runs the real CLI on an embedded database that is stopped before and after each command. The
// tests depend on their order.
const note = (fields: string) =>
  `model Note {\n  id Int @id @default(autoincrement())\n  title String @unique\n  ${fields}\n}\n`;

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

let project: Project;
beforeAll(() => {
  project = createProject(note(''));
});
afterAll(() => project.dispose());

const migrations = () =>
  readdirSync(path.join(project.folder, 'prisma/migrations')).filter(
    (name) => name !== 'migration_lock.toml',
  );

describe('npx prisma', () => {
  it('generate works without any database', async () => {
    const { code, output } = await project.prisma('generate');
    expect(output).toContain('Generated Prisma Client');
    expect(code).toBe(0);
    expect(existsSync(project.dataDir)).toBe(false);
  });

  it('--version names the engine, and fails at nothing', async () => {
    const { code, output } = await project.prisma('--version');
    expect(output).toMatch(/Schema Engine +: schema-engine-cli [0-9a-f]{40}/);
    expect(output).not.toContain('Error');
    expect(code).toBe(0);
  });

  it('migrate diff writes the first script, on a database that it starts for that', async () => {
    const { code, output } = await project.prisma(
      'migrate diff --from-empty --to-schema prisma --script',
    );
    expect(output).toContain('CREATE TABLE "Note"');
    expect(code).toBe(0);
  });

  it('migrate dev makes and applies the first migration, and the second', async () => {
    expect(await project.prisma('migrate dev --name init')).toMatchObject({ code: 0 });
    project.schema(note('body String?'));
    const second = await project.prisma('migrate dev --name body');
    expect(second.output).toContain('Your database is now in sync with your schema');
    expect(migrations()).toEqual([
      expect.stringMatching(/_init$/),
      expect.stringMatching(/_body$/),
    ]);
    await project.sql(`INSERT INTO "Note" (title, body) VALUES ('kept', 'row')`);
  });

  it('migrate status and dev see and apply a migration written by hand', async () => {
    project.migration(
      '20990101000000_by_hand',
      `ALTER TABLE "Note" ADD CONSTRAINT title_not_empty CHECK (title <> '');
       CREATE FUNCTION shout(word text) RETURNS text LANGUAGE plpgsql AS $$
       BEGIN
         PERFORM 1; -- a semicolon; and another;
         RETURN upper(word) || ';';
       END; $$;`,
    );
    const status = await project.prisma('migrate status');
    expect(status).toMatchObject({
      code: 1,
      output: expect.stringContaining('20990101000000_by_hand'),
    });
    expect(await project.prisma('migrate dev')).toMatchObject({ code: 0 });
    expect(await project.sql(`SELECT shout('loud') AS said`)).toEqual([{ said: 'LOUD;' }]);
    await expect(project.sql(`INSERT INTO "Note" (title) VALUES ('')`)).rejects.toThrow(
      'title_not_empty',
    );
    expect(await project.prisma('migrate status')).toMatchObject({
      code: 0,
      output: expect.stringContaining('up to date'),
    });
  });

  it('migrate dev reports drift and resets nothing', async () => {
    await project.sql('ALTER TABLE "Note" ADD COLUMN drifted int');
    const { code, output } = await project.prisma('migrate dev --name never');
    expect(output).toMatch(/Drift detected[\s\S]*Added column `drifted`/);
    expect(code).not.toBe(0);
    expect(migrations()).toHaveLength(3);
    expect(await project.sql('SELECT title, drifted FROM "Note"')).toEqual([
      { title: 'kept', drifted: null },
    ]);
    const diff = await project.prisma(
      'migrate diff --from-config-datasource --to-schema prisma --exit-code',
    );
    expect(diff).toMatchObject({ code: 2, output: expect.stringContaining('drifted') });
    await project.sql('ALTER TABLE "Note" DROP COLUMN drifted');
  });

  it('migrate diff finds no difference between migrations and schema', async () => {
    const { code, output } = await project.prisma(
      'migrate diff --from-migrations prisma/migrations --to-schema prisma --exit-code',
    );
    expect(output).toContain('No difference detected');
    expect(code).toBe(0);
  });

  it('db pull reads the database', async () => {
    const { code, output } = await project.prisma('db pull --print');
    expect(output).toMatch(/model Note \{[\s\S]*body +String\?/);
    expect(code).toBe(0);
  });

  it.each(['migrate dev --name never', 'migrate deploy', 'migrate status', 'db pull --print'])(
    '%s ends non-zero when the engine panics',
    async (args) => {
      const { code, output } = await project.prisma(args, {
        env: { FORCE_PANIC_SCHEMA_ENGINE: '1' },
      });
      expect(output).toContain('This is the debugPanic artificial panic');
      expect(code).not.toBe(0);
      expect(migrations()).toHaveLength(3);
    },
  );

  it('migrate reset reapplies all migrations', async () => {
    const { code } = await project.prisma('migrate reset --force');
    expect(code).toBe(0);
    expect(await project.sql('SELECT count(*)::int AS rows FROM "Note"')).toEqual([{ rows: 0 }]);
    expect(await project.sql(`SELECT shout('again') AS said`)).toEqual([{ said: 'AGAIN;' }]);
  });

  it('leaves no shadow database behind', async () => {
    const databases = await project.sql(
      'SELECT datname AS name FROM pg_database WHERE NOT datistemplate ORDER BY 1',
    );
    expect(databases).toEqual([{ name: 'postgres' }, { name: 'synap' }]);
  });

  it('db seed runs the seed program; commands work from another folder too', async () => {
    const seed = await project.prisma(`db seed --config ${project.folder}/prisma.config.ts`);
    expect(seed.output).toContain('node seed.mjs');
    const status = await project.prisma(
      `migrate status --config ${project.folder}/prisma.config.ts`,
      { cwd: tmpdir() },
    );
    expect(status).toMatchObject({ code: 0, output: expect.stringContaining('up to date') });
  });
});
