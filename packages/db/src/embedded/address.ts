import { existsSync } from 'node:fs';
import path from 'node:path';
import { addressOf, appName, readCredentials, rememberedPort } from './credentials.js';
import { homeOf } from './location.js';

/** Stands for the embedded database while its port and password are not made yet. */
const placeholder = `postgresql://${appName}@embedded/${appName}`;

/** The address the embedded database of `dataDir` had last, or a placeholder. Makes and starts nothing. */
export function embeddedAddress(dataDir: string): string {
  const home = homeOf(dataDir);
  if (!existsSync(path.join(home, 'password'))) return placeholder;
  const port = rememberedPort(home);
  return port === null ? placeholder : addressOf({ port, password: readCredentials(home).password });
}

/** Whether `url` means the embedded database of `dataDir`, at whatever port. */
export function isEmbeddedAddress(url: string, dataDir: string): boolean {
  if (url === placeholder) return true;
  const home = homeOf(dataDir);
  if (!URL.canParse(url) || !existsSync(path.join(home, 'password'))) return false;
  const { hostname, password } = new URL(url);
  return hostname === '127.0.0.1' && password === readCredentials(home).password;
}
