import type { ModuleHarness } from '@synap/module-sdk/testing';
import type { Config } from '../config.js';
import git from '../index.js';

const [commits, authors, activity] = git.widgets;

/** Loads of the widgets that read one repository. */
export const widgetLoads = (
  harness: ModuleHarness<Config>,
  params: { repository?: string } = {},
) => [
  () => harness.load(commits, params),
  () => harness.load(authors, params),
  () => harness.load(activity, params),
];
