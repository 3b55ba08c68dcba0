import { appRouter } from '@synap/api';
import { generateDocument } from '@synap/rest';
import { metaOf } from './routes.js';
import { version } from './version.js';

/** The OpenAPI 3.1 document of what is served below the path. */
export function openApiDocument(basePath: string): object {
  return generateDocument({
    router: appRouter,
    basePath,
    version,
    title: 'Synap',
    description: 'A self-hosted, type-safe backend for dashboards, fed by plug-in modules.',
    license: { name: 'MIT', identifier: 'MIT' },
    tags: [
      { name: 'auth', description: 'Sign up, sign in, stay signed in' },
      { name: 'dashboards', description: 'Dashboards and the widgets on them' },
      { name: 'modules', description: 'Plug-ins and their background synchronisation' },
      { name: 'system', description: 'The service itself' },
      { name: 'users', description: 'People' },
      { name: 'widgets', description: 'What modules offer to show, and its data' },
    ],
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The access token of `POST /auth/login`.' },
    },
    isProtected: ({ path }) => metaOf(path).access !== 'public',
    commonErrors: [500, 503],
    rateLimited: true,
  });
}
