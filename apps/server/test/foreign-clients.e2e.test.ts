import { compilers, foreignClients, type Workplace, workplaceOf } from '@synap/foreign-clients';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { admin, type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

let server: ServerUnderTest;
let workplace: Workplace;

beforeAll(async () => {
  server = await startServerUnderTest();
});
afterAll(() => server.close());
beforeEach(async () => {
  workplace = await workplaceOf();
});
afterEach(() => workplace.close());

const documents = [
  { document: 'openapi.json', by: Object.values(compilers) },
  { document: 'openapi-3.0.json', by: [compilers['7']] },
];
const cases = foreignClients.flatMap((client) => documents.map((document) => ({ ...document, name: client.name, client })));

describe('a client that others generate from the served document', () => {
  it.each(cases)('compiles and works: $name, from $document', { timeout: 120_000 }, async ({ client, document, by }) => {
    const baseUrl = `${server.origin}/api/v1`;
    await workplace.generate(client, `${baseUrl}/${document}`);
    for (const compiler of by) await workplace.compile(compiler);
    const told = JSON.parse(await workplace.run(client, baseUrl, admin));
    expect(told).toMatchObject({
      modules: expect.arrayContaining(['git', 'host']),
      made: { name: 'Made abroad', version: 1, widgets: [{ moduleId: 'host', widgetId: 'cpu' }] },
      absent: 'not_found',
    });
    expect(told.read).toEqual(told.made);
  });
});
