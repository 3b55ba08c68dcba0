export { writeSuperjson } from './superjson-writer.js';
export { compileWriter, type Writer } from './writer.js';
