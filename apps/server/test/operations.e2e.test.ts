import { readFile } from 'node:fs/promises';
import { until } from '@synap/testing';
import { afterEach, expect, it } from 'vitest';
import { admin } from './server-under-test.js';
import { ended, endProcesses, newInstallation, startServer } from './synap-process.js';

afterEach(endProcesses);

/** Reads the fail2ban patterns of docs/operations.md. */
async function banPatterns(): Promise<RegExp[]> {
  const text = await readFile(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
  const [, block = ''] = text.split('failregex = ');
  const lines = block.slice(0, block.indexOf('\ndatepattern')).split('\n');
  return lines.map((line) => new RegExp(line.trim().replace('<HOST>', '(?<host>[0-9a-f.:]+)')));
}

it('the documented fail2ban filter matches only rejected sign-ins, with their address', async () => {
  const { child, origin, output } = await startServer(await newInstallation());
  const login = (password: string) =>
    fetch(`${origin}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: admin.email, password }),
    });
  expect([
    (await login('wrong password here')).status,
    (await login(admin.password)).status,
  ]).toEqual([401, 200]);
  await fetch(`${origin}/api/v1/users/me`);
  await ended(child, 'SIGTERM');
  const linesOfRequests = () =>
    output.text.split('\n').filter((line) => line.includes('"msg":"request"'));
  await until(() => linesOfRequests().length >= 3);
  const lines = linesOfRequests();
  const patterns = await banPatterns();
  const hosts = lines.flatMap((line) =>
    patterns.flatMap((pattern) => pattern.exec(line)?.groups?.host ?? []),
  );
  expect(patterns).toHaveLength(2);
  expect(hosts).toEqual(['127.0.0.1']);
}, 120_000);
