import path from 'node:path';
import {
  type Command,
  type Download,
  documents,
  type Generator,
  type Workplace,
} from '../generator.js';
import { programsFolder } from '../programs.js';

interface PythonEnvironment {
  readonly download: Download;
  /** Runs the environment's interpreter. */
  python(workplace: Workplace, ...args: string[]): Command;
}

/** A virtual environment with the requirements of one of the folders below `programs`. */
export function pythonEnvironment(name: string, programs: string): PythonEnvironment {
  const interpreter = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python';
  const requirements = path.join(programsFolder, programs, 'requirements.txt');
  const download: Download = {
    name,
    needs: ['python3'],
    commands: (folder) => [
      { program: 'python3', args: ['-m', 'venv', '.'] },
      {
        program: path.join(folder, interpreter),
        args: [
          '-m',
          'pip',
          'install',
          '--quiet',
          '--disable-pip-version-check',
          '--requirement',
          requirements,
        ],
      },
    ],
  };
  return {
    download,
    python: (workplace, ...args) => ({
      program: path.join(workplace.downloaded(download), interpreter),
      args,
    }),
  };
}

const version = '0.29.1';
const environment = pythonEnvironment(`openapi-python-client-${version}`, 'openapi-python-client');

export const openapiPythonClient: Generator = {
  name: 'openapi-python-client',
  version,
  documents,
  needs: [],
  downloads: [environment.download],
  programs: ['openapi-python-client'],
  generate: (workplace) =>
    environment.python(
      workplace,
      '-m',
      'openapi_python_client',
      'generate',
      '--path',
      'openapi.json',
      '--meta',
      'none',
      '--output-path',
      'synap_client',
      '--overwrite',
    ),
  compile: (workplace) => [environment.python(workplace, '-m', 'compileall', '-q', 'synap_client')],
  run: (workplace) => environment.python(workplace, 'program.py'),
};
