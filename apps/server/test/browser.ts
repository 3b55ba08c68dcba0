import { type Browser, chromium } from 'playwright-core';
import { onPath } from './on-path.js';

const executablePath = onPath('chromium') ?? onPath('google-chrome');

/**
 * Whether tests in a browser run: where there is one, or where its absence is a failure
 * (`BROWSER_TEST=required`).
 */
export const testsBrowser = executablePath !== undefined || process.env.BROWSER_TEST === 'required';

export async function startBrowser(): Promise<Browser> {
  if (executablePath === undefined)
    throw new Error('There is no browser on the PATH: install the package chromium');
  // Its own sandbox refuses to run as root, as machines of CI do.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
