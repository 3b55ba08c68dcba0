// Beside the program hey-api.ts: what the command line of @hey-api/openapi-ts has no option for.
export default { output: { path: 'src/generated', module: { extension: '.js' } } };
