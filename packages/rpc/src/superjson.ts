export { readSuperjson } from './superjson-reader.js';
export { writeSuperjson } from './superjson-writer.js';
