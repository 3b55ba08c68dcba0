import { admin } from '@synap/contracts';
import { exampleOf } from './example.js';

export const adminExamples = {
  testMail: exampleOf(admin.testMail, {
    input: { to: 'ops@example.org' },
    output: { accepted: true },
  }),
  previewMail: exampleOf(admin.previewMail, {
    input: { template: 'test' },
    output: {
      subject: 'A test of mail',
      html: '<!doctype html>…',
      text: 'Hello,\n\nthis is the test of 10:00. Mail from Synap arrives.\n',
    },
  }),
};
