// The command line of @hey-api/openapi-ts has no option for the extension of imports.
export default { output: { path: 'src/generated', module: { extension: '.js' } } };
