import { privateUsers } from '@synap/contracts';
import { exampleOf } from './example.js';
import { managedAnn } from './users.examples.js';

export const privateExamples = {
  createUser: exampleOf(privateUsers.create, {
    input: { email: managedAnn.email, password: 'four words make a passphrase' },
    output: managedAnn,
    problems: { 409: { code: 'conflict', detail: 'An account with this address already exists' } },
  }),
};
