import { z } from 'zod';

export const repositoryParam = z
  .string()
  .max(4_000)
  .optional()
  .describe(
    'A repository by its name, as the widget "repositories" lists them; the first one when absent.',
  );
