import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { packageFolder } from './paths.js';

/** Version of the product, from package.json. */
export const version = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8'))).version;
