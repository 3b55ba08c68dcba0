// Checks what a packed package requires of and installs for its users.

const peers = ['@tanstack/react-query', '@trpc/client', '@trpc/server', 'react', 'superjson'];
const optional = ['@tanstack/react-query', 'react'];
const brought =
  /^(?:package\.json|README\.md|CHANGELOG\.md|LICENSE|dist\/bundle\/[\w-]+\.(?:js|cjs|d\.ts|d\.cts|d\.ts\.map|d\.cts\.map)|src\/(?:[\w-]+\/)*[\w-]+\.ts)$/;

/** Returns the faults of a packed package.json, given the paths of all packed files. */
export function judgeManifest(manifest, files) {
  const faults = [];
  const expect = (holds, fault) => {
    if (!holds) faults.push(`package.json ${fault}.`);
  };
  expect(!manifest.private, 'is private');
  expect(manifest.type === 'module', 'does not say "type": "module"');
  expect(
    manifest.sideEffects === false,
    'does not say "sideEffects": false: bundlers keep what is not used',
  );
  expect(
    Object.keys(manifest.dependencies ?? {}).length === 0,
    `has dependencies: ${Object.keys(manifest.dependencies ?? {})}`,
  );
  const required = Object.keys(manifest.peerDependencies ?? {}).sort();
  expect(
    required.join() === peers.join(),
    `has the peers ${required.join(', ')} instead of ${peers.join(', ')}`,
  );
  const optionalPeers = required.filter((name) => manifest.peerDependenciesMeta?.[name]?.optional);
  expect(
    optionalPeers.join() === optional.join(),
    `has the optional peers ${optionalPeers.join(', ')} instead of ${optional.join(', ')}`,
  );
  const unpublished =
    JSON.stringify(manifest).match(/"[^"]*(?:workspace|catalog|link|file):[^"]*"/g) ?? [];
  expect(
    unpublished.length === 0,
    `has specifiers that work only in this workspace: ${unpublished.join(', ')}`,
  );
  for (const hook of ['preinstall', 'install', 'postinstall', 'prepare']) {
    expect(manifest.scripts?.[hook] === undefined, `runs a ${hook} script when it is installed`);
  }
  for (const [entry, ways] of Object.entries(manifest.exports ?? {})) {
    for (const way of ['import', 'require']) {
      for (const target of [ways[way]?.types, ways[way]?.default])
        expect(
          files.includes(target?.replace(/^\.\//, '')),
          `exports ${entry} for ${way} from ${target}, which is not packed`,
        );
    }
  }
  for (const entry of ['.', './react'])
    expect(manifest.exports?.[entry], `does not export ${entry}`);
  return [
    ...faults,
    ...files
      .filter((file) => !brought.test(file))
      .map((file) => `${file} is packed, but is not for users.`),
  ];
}
