export { generateDocument } from './document/generate.js';
export { toOpenApi30 } from './document/openapi-30.js';
export type {
  DocumentOptions,
  GenerateDocumentOptions,
  OpenApiDocument,
  SecurityScheme,
} from './document/options.js';
export { createRestHandler } from './handler.js';
export {
  createMemoryIdempotencyStore,
  type MemoryStoreOptions,
} from './idempotency/memory-store.js';
export type {
  IdempotencyClaim,
  IdempotencyStore,
  IdempotentRequest,
  StoredResponse,
} from './idempotency/store.js';
export type { MultipartPart } from './input/multipart.js';
export type {
  ProblemExample,
  RestAlias,
  RestExamples,
  RestMeta,
  RestMethod,
  RestOperation,
  RestPath,
} from './meta.js';
export type {
  DeprecatedBasePath,
  RestCall,
  RestFailure,
  RestHandler,
  RestHandlerOptions,
  RestOptions,
  UnvalidatedProcedure,
} from './options.js';
export {
  codeOf,
  describeProblem,
  type Problem,
  type ProblemContext,
  type ProblemIssue,
  type ProblemSource,
  type ReadProblemSource,
  titleOf,
  toProblem,
} from './problem.js';
export { loadLazyRouters } from './routing/operations.js';
