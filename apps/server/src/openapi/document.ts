import { appRouter } from '@synap/api';
import {
  boundScopes,
  type Endpoint,
  errorCodes,
  features,
  scopeSchema,
  type Tag,
} from '@synap/contracts';
import { generateDocument, type OpenApiDocument, type SecurityScheme } from '@synap/rest';
import type { AnyTRPCRouter } from '@trpc/server';
import { version } from '../config/version.js';
import { headerExamplesOf, problemExamples } from './examples.js';
import { listRoutes, metaOf } from './routes.js';

const listOf = (scopes: readonly string[]) => scopes.map((scope) => `\`${scope}\``).join(', ');
const [scopes, bindable] = [listOf(scopeSchema.options), listOf(boundScopes)];

const description = `A self-hosted, type-safe backend for dashboards, fed by plug-in modules.

**Signing in.** \`POST /auth/login\` returns an access token, sent as \`Authorization: Bearer …\`, and a refresh token for the next one.

**API keys** are for programs: \`POST /api-keys\` creates one, sent in the same header. It acts for its owner within its scopes:
${scopes}. \`x-scope\` of an operation is the scope that it requires; \`null\` means that no key may call it.
A key that is bound to a dashboard can access that dashboard only, and may have ${bindable} only.
It may rename the dashboard, and move, resize, reorder and remove its widgets, but not add one or change \`moduleId\`, \`widgetId\` or \`params\`.

**Errors** are problem details (RFC 9457): act on \`code\`, show \`detail\`, report \`requestId\`.

**Lists** return \`{ items, nextCursor }\`: pass \`nextCursor\` as \`cursor\`, or follow the \`Link\` header, until it is null.

**Limits.** \`RateLimit\` and \`RateLimit-Policy\` state the remaining calls; a 429 says in \`Retry-After\` how many seconds to wait.

**Changes.** Send back the \`ETag\` of what you read as \`If-Match\`: a change based on an older version is rejected instead of overwriting newer changes.
Repeat a POST safely under the same \`Idempotency-Key\`.
`;

export interface DocumentContext {
  router?: AnyTRPCRouter;
  /** True if the OAuth2 password grant is served; Swagger UI then signs in by itself. */
  passwordGrant?: boolean;
}

const passwordAuthOf = (basePath: string): SecurityScheme => ({
  type: 'oauth2',
  description: 'Signs in by e-mail address and password.',
  flows: { password: { tokenUrl: `${basePath}/login/access-token`, scopes: {} } },
});

/** Returns the tags of a router's procedures, sorted by name. */
function tagsOf(router: AnyTRPCRouter): Tag[] {
  const used = new Set(
    listRoutes('', router).flatMap(({ procedure }) => metaOf(procedure).openapi?.tags),
  );
  const endpoints = Object.values(features).flatMap((feature) => Object.values<Endpoint>(feature));
  const byName = new Map(endpoints.map(({ tag }) => [tag.name, tag]));
  return [...byName.values()]
    .filter(({ name }) => used.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Creates the OpenAPI 3.1 document of the operations below the path. */
export function openApiDocument(
  basePath: string,
  { router = appRouter, passwordGrant = false }: DocumentContext = {},
): OpenApiDocument {
  return generateDocument({
    router,
    basePath,
    version,
    title: 'Synap',
    description,
    license: { name: 'MIT', identifier: 'MIT' },
    tags: tagsOf(router),
    securitySchemes: {
      bearerAuth: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description: 'The access token of `POST /auth/login`.',
      },
      apiKeyAuth: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'syn_<id>_<secret>',
        description: 'A key of `POST /api-keys`.',
      },
      ...(passwordGrant && { passwordAuth: passwordAuthOf(basePath) }),
    },
    isProtected: ({ path }) =>
      metaOf(path).access !== 'public' || metaOf(path).openapi?.protect === true,
    schemesOf: ({ path }) => [
      'bearerAuth',
      ...(metaOf(path).scope ? ['apiKeyAuth'] : []),
      ...(passwordGrant ? ['passwordAuth'] : []),
    ],
    problemCodes: errorCodes,
    extensionsOf({ path }) {
      const { access, scope } = metaOf(path);
      return access === 'public' ? {} : { 'x-scope': scope ?? null };
    },
    commonErrors: [500, 503],
    rateLimited: true,
    idempotency: true,
    problemExamples,
    headerExamples: headerExamplesOf(basePath),
  });
}
