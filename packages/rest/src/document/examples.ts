import { isRecord } from '@synap/http';
import type { JsonObject } from './json-schema.js';
import type { OpenApiDocument } from './options.js';
import { sampleOf } from './sample.js';

/** Adds an example to every JSON body of a finished document that has none. */
export function addExamples(document: OpenApiDocument): void {
  const { schemas } = document.components;
  const resolve = (reference: string): JsonObject =>
    schemas[reference.slice('#/components/schemas/'.length)] ?? {};
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item)) {
      addTo(operation.requestBody, resolve);
      if (isRecord(operation.responses))
        for (const response of Object.values(operation.responses)) addTo(response, resolve);
    }
  }
}

function addTo(holder: unknown, resolve: (reference: string) => JsonObject): void {
  if (!isRecord(holder) || !isRecord(holder.content)) return;
  for (const media of Object.values(holder.content)) {
    if (!isRecord(media) || 'example' in media || !isRecord(media.schema)) continue;
    const example = sampleOf(media.schema, resolve);
    if (example !== undefined) media.example = example;
  }
}
