// CommonJS, since Orval 7 does not read the default export of an ES module.
module.exports = {
  synap: {
    input: './openapi.json',
    output: {
      target: './src/generated/synap.ts',
      client: 'fetch',
      override: { mutator: { path: './src/fetcher.ts', name: 'fetcher', extension: '.js' } },
    },
  },
};
