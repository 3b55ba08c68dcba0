export { type LogLine, type ModuleHarness, setUpModule } from './harness.js';
