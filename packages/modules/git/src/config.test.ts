import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ownCheckout } from './config.js';
import { temporaryFolder } from './testing/repositories.js';

function installBelow(repositoryOf: string | undefined) {
  const folder = temporaryFolder();
  const own = join(folder, 'packages/modules/git/src');
  mkdirSync(own, { recursive: true });
  if (repositoryOf !== undefined) {
    mkdirSync(join(folder, '.git'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: repositoryOf }));
  }
  return { folder, own };
}

it('reads the product’s own checkout when it runs from one', () => {
  const { folder, own } = installBelow('synap');
  expect(ownCheckout(own)).toBe(folder);
});

it('ignores a repository that only contains an installation, and returns undefined without one', () => {
  expect(ownCheckout(installBelow('somebody-elses').own)).toBeUndefined();
  expect(ownCheckout(installBelow(undefined).own)).toBeUndefined();
});
