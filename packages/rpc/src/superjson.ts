export { writeSuperjson } from '@synap/json-writer';
export { readSuperjson } from './superjson-reader.js';
