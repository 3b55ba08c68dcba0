import { appRouter } from '@synap/api';
import { boundScopes, errorCodes, scopeSchema } from '@synap/contracts';
import { generateDocument, type OpenApiDocument, type SecurityScheme } from '@synap/rest';
import type { AnyTRPCRouter } from '@trpc/server';
import { headerExamplesOf, problemExamples } from './openapi-examples.js';
import { metaOf } from './routes.js';
import { version } from './version.js';

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
    tags: [
      { name: 'admin', description: 'For operators' },
      { name: 'api-keys', description: 'Keys for programs that act for you' },
      { name: 'auth', description: 'Sign up, sign in, stay signed in' },
      { name: 'dashboards', description: 'Dashboards and the widgets on them' },
      { name: 'events', description: 'The audit log; its entries cannot be changed' },
      { name: 'invitations', description: 'Invitations by superusers to create an account' },
      { name: 'modules', description: 'Plug-ins and their background synchronisation' },
      { name: 'system', description: 'The service itself' },
      { name: 'users', description: 'People' },
      { name: 'widgets', description: 'What modules offer to show, and its data' },
    ],
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
