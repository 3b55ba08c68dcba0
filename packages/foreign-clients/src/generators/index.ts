import type { Generator } from '../generator.js';
import { oapiCodegenGenerator } from './oapi-codegen.js';
import { openapiGenerators } from './openapi-generator.js';
import { openapiPythonClient } from './python.js';
import { npmGenerators } from './typescript.js';

export const generators: readonly Generator[] = [
  ...npmGenerators,
  ...openapiGenerators,
  openapiPythonClient,
  oapiCodegenGenerator,
];
