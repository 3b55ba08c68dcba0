import { appendFileSync, chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeRepository, type TestRepository, temporaryFolder } from './repositories.js';

/** Settings whose value git may run as a program. */
const programSettings = [
  'core.alternateRefsCommand',
  'core.askPass',
  'core.editor',
  'core.fsmonitor',
  'core.gitProxy',
  'core.pager',
  'core.sshCommand',
  'credential.helper',
  'diff.evil.command',
  'diff.evil.textconv',
  'diff.external',
  'interactive.diffFilter',
  'sequence.editor',
  'filter.evil.clean',
  'filter.evil.process',
  'filter.evil.smudge',
  'gpg.program',
  'gpg.ssh.program',
  'gpg.x509.program',
  'pager.log',
  'pager.rev-list',
  'pager.rev-parse',
  'pager.symbolic-ref',
  'remote.origin.uploadpack',
  'trailer.x.command',
  'uploadpack.packObjectsHook',
  'web.browser',
];
const hooks = [
  'fsmonitor-watchman',
  'post-checkout',
  'post-index-change',
  'pre-auto-gc',
  'pre-commit',
  'reference-transaction',
];
const signature =
  'gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQFzBAABCgAdFiEE\n -----END PGP SIGNATURE-----\n';

export interface HostileRepository extends TestRepository {
  readonly folder: string;
  /** Returns the names of the programs that were run. */
  ran(): string[];
}

/**
 * Creates a repository in which every program setting names a program that writes a file with its
 * name.
 */
export function makeHostileRepository(): HostileRepository {
  const folder = temporaryFolder();
  const marks = join(folder, 'marks');
  const programs = join(folder, 'programs');
  for (const each of [marks, programs]) mkdirSync(each);
  const program = (name: string, at = programs) => {
    writeFileSync(join(at, name), `#!/bin/sh\n: > "${marks}/${name}"\n`);
    chmodSync(join(at, name), 0o755);
    return join(at, name);
  };

  const repository = makeRepository(join(folder, 'app'));
  const { path, git } = repository;
  writeFileSync(join(path, '.gitattributes'), '* diff=evil filter=evil\n');
  writeFileSync(join(path, '.mailmap'), 'Mallory <a@example.org>\n');
  writeFileSync(join(path, 'file.txt'), 'text\n');
  git('add', '.');
  repository.commit({ message: 'First' });
  repository.commit({ message: 'Signed', headers: signature, at: 1_700_000_001 });

  for (const hook of hooks) program(hook, join(path, '.git', 'hooks'));
  program('git', path);
  for (const setting of programSettings) git('config', setting, program(setting));
  const settings = {
    'alias.log': `!${program('alias.log')}`,
    'alias.rev-list': `!${program('alias.rev-list')}`,
    'core.attributesFile': join(path, '.gitattributes'),
    'core.hooksPath': join(path, '.git', 'hooks'),
    'extensions.partialClone': 'origin',
    'log.mailmap': 'true',
    'log.showSignature': 'true',
    'mailmap.file': join(path, '.mailmap'),
    'protocol.allow': 'always',
    'protocol.ext.allow': 'always',
    'remote.origin.promisor': 'true',
    'remote.origin.url': `ext::${program('ext')} %S`,
  };
  for (const [key, value] of Object.entries(settings)) git('config', key, value);
  git('config', 'core.repositoryFormatVersion', '1');
  writeFileSync(
    join(folder, 'included'),
    `[core]\n\tpager = ${program('included-pager')}\n[gpg]\n\tprogram = ${program('included-gpg')}\n`,
  );
  appendFileSync(join(path, '.git', 'config'), `[include]\n\tpath = ${join(folder, 'included')}\n`);
  return { ...repository, folder, ran: () => readdirSync(marks).sort() };
}
