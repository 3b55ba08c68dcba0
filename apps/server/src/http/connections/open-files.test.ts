import { expect, it } from 'vitest';
import { connectionsWithinOpenFiles } from './open-files.js';

const limits = (
  openFiles: string,
) => `Limit                     Soft Limit           Hard Limit           Units
Max processes             95617                95617                processes
Max open files            ${openFiles.padEnd(20)} 1048576              files
`;

it('connections leave open files for the rest of the process', () => {
  expect(connectionsWithinOpenFiles(limits('20000'))).toBe(19_500);
  expect(connectionsWithinOpenFiles(limits('256'))).toBe(128);
});

it('connections are not bounded by a limit that is not there', () => {
  expect(connectionsWithinOpenFiles(limits('unlimited'))).toBeUndefined();
  expect(connectionsWithinOpenFiles('')).toBeUndefined();
});
