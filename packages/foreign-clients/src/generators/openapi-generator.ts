import { readdirSync } from 'node:fs';
import path from 'node:path';
import {
  type Command,
  type Download,
  documents,
  type Generator,
  type Workplace,
} from '../generator.js';
import { programsFolder } from '../programs.js';
import { pythonEnvironment } from './python.js';
import { compileTypeScript, runJavaScript } from './typescript.js';

const version = '7.25.0';
const artifact = `org.openapitools:openapi-generator-cli:${version}`;
const jar = `openapi-generator-cli-${version}.jar`;

const openapiGenerator: Download = {
  name: `openapi-generator-${version}`,
  needs: ['java', 'mvn'],
  commands: () => [
    {
      program: 'mvn',
      args: [
        '--batch-mode',
        '--quiet',
        'dependency:copy',
        `-Dartifact=${artifact}`,
        '-DoutputDirectory=.',
      ],
    },
    // Fails on a Java that is too old.
    { program: 'java', args: ['-jar', jar, 'version'] },
  ],
};

const javaLibraries: Download = {
  name: `java-libraries-for-openapi-generator-${version}`,
  needs: ['mvn'],
  commands: (folder) => [
    {
      program: 'mvn',
      args: [
        '--batch-mode',
        '--quiet',
        '--file',
        path.join(programsFolder, 'java/pom.xml'),
        'dependency:copy-dependencies',
        '-DincludeScope=compile',
        `-DoutputDirectory=${folder}`,
      ],
    },
  ],
};

interface Language {
  readonly language: string;
  /** Folder of the generated client. */
  readonly output: string;
  readonly options: readonly string[];
}

const generateWith =
  ({ language, output, options }: Language) =>
  (workplace: Workplace): Command => ({
    program: 'java',
    args: [
      '-jar',
      path.join(workplace.downloaded(openapiGenerator), jar),
      'generate',
      '--input-spec',
      'openapi.json',
      '--generator-name',
      language,
      '--output',
      output,
      ...options,
    ],
  });

const generatorFor = (language: string): Pick<Generator, 'name' | 'version' | 'documents'> => ({
  name: `openapi-generator, ${language}`,
  version,
  documents,
});
const modelsAndApisOnly = [
  '--global-property',
  'apiTests=false,modelTests=false,apiDocs=false,modelDocs=false',
];

const typescriptFetch: Generator = {
  ...generatorFor('typescript-fetch'),
  needs: [],
  downloads: [openapiGenerator],
  programs: ['typescript', 'typescript-fetch'],
  generate: generateWith({
    language: 'typescript-fetch',
    output: 'src/generated',
    options: ['--additional-properties', 'importFileExtension=.js'],
  }),
  compile: () => compileTypeScript,
  run: () => runJavaScript,
};

const pythonLibraries = pythonEnvironment(
  `python-libraries-for-openapi-generator-${version}`,
  'python',
);

const python: Generator = {
  ...generatorFor('python'),
  needs: [],
  downloads: [openapiGenerator, pythonLibraries.download],
  programs: ['python'],
  generate: generateWith({
    language: 'python',
    output: '.',
    options: ['--package-name', 'synap_client', ...modelsAndApisOnly],
  }),
  compile: (workplace) => [
    pythonLibraries.python(workplace, '-m', 'compileall', '-q', 'synap_client'),
  ],
  run: (workplace) => pythonLibraries.python(workplace, 'program.py'),
};

const go: Generator = {
  ...generatorFor('go'),
  // From 3.1 it makes maps of pointers of free-form objects.
  documents: ['openapi-3.0.json'],
  needs: ['go'],
  downloads: [openapiGenerator],
  programs: ['go'],
  generate: generateWith({
    language: 'go',
    output: 'synap',
    options: ['--additional-properties', 'packageName=synap,withGoMod=false', ...modelsAndApisOnly],
  }),
  compile: () => [{ program: 'go', args: ['build', '-buildvcs=false', '-o', 'program', '.'] }],
  run: () => ({ program: './program', args: [] }),
};

/** Sources of the generated client, and the program. */
const javaSources = ({ folder }: Workplace): string[] => [
  'Program.java',
  ...readdirSync(path.join(folder, 'synap/src/main'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.java'))
    .map((file) => path.join('synap/src/main', file)),
];
const classPath = (workplace: Workplace): string =>
  ['classes', path.join(workplace.downloaded(javaLibraries), '*')].join(path.delimiter);

const java: Generator = {
  ...generatorFor('java'),
  needs: ['javac'],
  downloads: [openapiGenerator, javaLibraries],
  programs: ['java'],
  generate: generateWith({
    language: 'java',
    output: 'synap',
    options: ['--library', 'native', ...modelsAndApisOnly],
  }),
  compile: (workplace) => [
    {
      program: 'javac',
      args: ['-nowarn', '-d', 'classes', '-cp', classPath(workplace), ...javaSources(workplace)],
    },
  ],
  run: (workplace) => ({ program: 'java', args: ['-cp', classPath(workplace), 'Program'] }),
};

/** One generator for many languages; itself a program for Java. */
export const openapiGenerators: readonly Generator[] = [typescriptFetch, python, go, java];
