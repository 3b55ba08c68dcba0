import type { DocumentOptions } from '@synap/rest';

/** Examples in the documents for errors that any operation may return. */
export const problemExamples: DocumentOptions['problemExamples'] = {
  401: {
    code: 'unauthenticated',
    detail: 'Sign in first: this needs an access token or an API key as "Authorization: Bearer …".',
  },
  403: { detail: 'Superuser role required.' },
  404: { detail: 'Dashboard not found' },
  408: { detail: 'The request body did not arrive within 10 s: send it again.' },
  409: { detail: 'A request with this Idempotency-Key is still in progress: try again later.' },
  415: { detail: 'Send the body as application/json.' },
  422: { detail: 'This Idempotency-Key was used with another input.' },
  429: { detail: 'Too many requests: wait as long as Retry-After says.' },
  503: {
    code: 'unavailable',
    detail: 'The database cannot be reached at present: try again later.',
  },
};

/** Examples of headers in the documents; links are below the path of the API. */
export const headerExamplesOf = (basePath: string): DocumentOptions['headerExamples'] => ({
  Link: `<${basePath}/dashboards?cursor=MDE5YWE1YzktMGQ3YS03ZTFiLThmMjYtNGM1ZDllM2I3YTEw&size=1>; rel="next"`,
  Location: `${basePath}/dashboards/019aa5c9-0d7a-7e1b-8f26-4c5d9e3b7a10`,
  RateLimit: '"address";r=299;t=10',
  'RateLimit-Policy': '"address";q=300;w=10',
});
