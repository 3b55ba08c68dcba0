import path from 'node:path';
import { type Download, documents, type Generator } from '../generator.js';
import { programsFolder } from '../programs.js';

const version = '2.8.2';

const oapiCodegen: Download = {
  name: `oapi-codegen-${version}`,
  needs: ['go'],
  commands: (folder) => [
    {
      program: 'go',
      args: ['install', `github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v${version}`],
      env: { GOBIN: folder },
    },
    { program: 'go', args: ['mod', 'download'], cwd: path.join(programsFolder, 'oapi-codegen') },
  ],
};

export const oapiCodegenGenerator: Generator = {
  name: 'oapi-codegen',
  version,
  documents,
  needs: ['go'],
  downloads: [oapiCodegen],
  programs: ['oapi-codegen'],
  generate: (workplace) => ({
    program: path.join(workplace.downloaded(oapiCodegen), 'oapi-codegen'),
    args: ['-config', 'config.yaml', 'openapi.json'],
  }),
  compile: () => [{ program: 'go', args: ['build', '-buildvcs=false', '-o', 'program', '.'] }],
  run: () => ({ program: './program', args: [] }),
};
