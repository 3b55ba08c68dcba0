import { type Browser, chromium } from 'playwright-core';
import { onPath } from './on-path.js';

const executablePath = onPath('chromium') ?? onPath('google-chrome');

/**
 * True if tests in a browser run: a browser is installed, or its absence is a failure
 * (`BROWSER_TEST=required`).
 */
export const testsBrowser = executablePath !== undefined || process.env.BROWSER_TEST === 'required';

export async function startBrowser(): Promise<Browser> {
  if (executablePath === undefined)
    throw new Error('No browser is on the PATH: install the package chromium');
  // The sandbox does not work as root, which CI machines use.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
