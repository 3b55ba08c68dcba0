// Fails when the API breaks what the last release promised, unless the new version is a major one:
//   node scripts/check-breaking.mjs [baseline document]
// `--release`, as part of a release, makes today's document what later ones are measured against.
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './pnpm.mjs';
import { redocly } from './redocly.mjs';

const docs = path.join(root, 'docs');
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { release: { type: 'boolean' } },
});
const [
  baseline = path.join(docs, 'openapi.baseline.json'),
  document = path.join(docs, 'openapi.json'),
] = positionals;

/**
 * What a schema cannot say: changes that only those meet who ask for something new. Emptied at each
 * release.
 */
const harmless = new Set([
  // `auth.login` and `auth.refresh` leave the refresh token out only for those who asked for it as
  // a cookie.
  'required-properties-removed #/components/schemas/Tokens/required',
  // The pattern of a one-line text accepts the same texts as before, in linear time.
  ...[
    '~1auth~1register/post',
    '~1dashboards/post',
    '~1dashboards~1{id}/post',
    '~1dashboards~1{id}/put',
    '~1users~1me/patch',
  ].map(
    (at) =>
      `schema-constraint-changed #/paths/${at}/requestBody/content/application~1json/schema/properties/name/pattern`,
  ),
]);

/**
 * Changes of the notation alone: requests and answers are what they were. Emptied at each release.
 */
const notation = [
  // Security schemes have names of their own now; the header is the same.
  /^security-requirement-changed .+\/security\/0\/bearerAuth$/,
  // `anyOf: [T, null]` became `type: [T, null]`.
  /^schema-combinator-changed #\/components\/schemas\/ModuleRun\/properties\/(?:finishedAt|progress|startedAt)\/anyOf$/,
  // Parameters of widgets go by their own names; `params[name]=value` is still taken.
  /^parameter-(?:removed|serialization-changed) #\/paths\/~1widget-data~1\{moduleId\}~1\{widgetId\}\/get\/parameters\/2\/(?:name|style)$/,
];

/** Nobody relies on an error that no longer comes. */
const breaks = ({ impact, ruleId, location }) =>
  impact === 'major' &&
  !harmless.has(`${ruleId} ${location.pointer}`) &&
  !notation.some((change) => change.test(`${ruleId} ${location.pointer}`)) &&
  !(ruleId === 'response-removed' && /\/responses\/[45]\d\d$/.test(location.pointer));

const majorOf = (file) => Number(JSON.parse(readFileSync(file, 'utf8')).info.version.split('.')[0]);

function check() {
  const isMajor = majorOf(document) > majorOf(baseline);
  const verdicts = redocly('diff', baseline, document).changes.flatMap((change) => change.verdicts);
  for (const verdict of verdicts) {
    const { message, ruleId, location } = verdict;
    const word = !breaks(verdict)
      ? 'Worth a look'
      : isMajor
        ? 'Allowed in a major version'
        : 'Breaking';
    console.error(`${word}: ${message} (${ruleId})\n  ${location.pointer}`);
  }
  if (isMajor || !verdicts.some(breaks)) return;
  console.error(
    '\nThis breaks clients of the last release: keep what they rely on, or raise the major version.',
  );
  process.exitCode = 1;
}

if (values.release) copyFileSync(document, baseline);
else check();
