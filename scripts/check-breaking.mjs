// Fails if the API has breaking changes since the last release, unless the new version is a major
// one:
//   node scripts/check-breaking.mjs [baseline document]
// `--release` makes the current document the new baseline; run it as part of a release.
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
 * Changes that affect only clients that use a new option. Emptied at each release.
 */
const harmless = new Set([
  // `auth.login` and `auth.refresh` omit the refresh token only if the client requests a cookie.
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

/** Changes of notation that affect neither requests nor responses. Emptied at each release. */
const notation = [
  // Security schemes were renamed; the header is the same.
  /^security-requirement-changed .+\/security\/0\/bearerAuth$/,
  // `anyOf: [T, null]` became `type: [T, null]`.
  /^schema-combinator-changed #\/components\/schemas\/ModuleRun\/properties\/(?:finishedAt|progress|startedAt)\/anyOf$/,
  // Widget parameters use plain names; `params[name]=value` is still accepted.
  /^parameter-(?:removed|serialization-changed) #\/paths\/~1widget-data~1\{moduleId\}~1\{widgetId\}\/get\/parameters\/2\/(?:name|style)$/,
];

/** True for breaking changes. A removed error response is not one. */
const breaks = ({ impact, ruleId, location }) =>
  impact === 'major' &&
  !harmless.has(`${ruleId} ${location.pointer}`) &&
  !notation.some((change) => change.test(`${ruleId} ${location.pointer}`)) &&
  !(ruleId === 'response-removed' && /\/responses\/[45]\d\d$/.test(location.pointer));

const majorOf = (file) => Number(JSON.parse(readFileSync(file, 'utf8')).info.version.split('.')[0]);

function check() {
  const isMajor = majorOf(document) > majorOf(baseline);
  const findings = redocly('diff', baseline, document).changes.flatMap((change) => change.verdicts);
  for (const finding of findings) {
    const { message, ruleId, location } = finding;
    const word = !breaks(finding)
      ? 'Not breaking'
      : isMajor
        ? 'Allowed in a major version'
        : 'Breaking';
    console.error(`${word}: ${message} (${ruleId})\n  ${location.pointer}`);
  }
  if (isMajor || !findings.some(breaks)) return;
  console.error(
    '\nThese changes break clients of the last release: revert them, or raise the major version.',
  );
  process.exitCode = 1;
}

if (values.release) copyFileSync(document, baseline);
else check();
