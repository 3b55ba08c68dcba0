#!/usr/bin/env bash
# The same as basic-usage.ts over REST: signs in, creates a dashboard of git and host widgets, synchronises the git module and prints the
# data of the widgets. Needs curl, and node to read JSON.
#
#   SYNAP_PASSWORD=… examples/rest.sh
#
# SYNAP_URL (default http://localhost:3000) and SYNAP_EMAIL (default admin@example.com) set server and account.
set -euo pipefail

url=${SYNAP_URL:-http://localhost:3000}
export SYNAP_EMAIL=${SYNAP_EMAIL:-admin@example.com}
access_token=
# Format of an error (RFC 9457).
problem='`${value.detail} [${value.code}, request ${value.requestId}]`'

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

# json EXPRESSION: evaluates it on `value`, the JSON from standard input.
json() {
  node -e '
    const value = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    const result = new Function("value", `return (${process.argv[1]});`)(value);
    if (result !== undefined) console.log(result);
  ' "$1"
}

authorization() {
  if [[ -n $access_token ]]; then printf 'Authorization: Bearer %s\n' "$access_token"; fi
}

# api METHOD PATH [JSON]: prints the response body; on an error prints the problem and exits.
# Token and body are sent by file and standard input, because other users of the machine can read command lines.
api() {
  local method=$1 path=$2 body=${3:-} answer status
  local options=(--silent --max-time 20 --request "$method" --write-out '\n%{http_code}')
  if [[ -n $body ]]; then options+=(--header 'Content-Type: application/json' --data-binary @-); fi
  answer=$(curl "${options[@]}" --header @<(authorization) "$url/api/v1$path" <<<"$body") ||
    fail "No server answers at $url: start one with \"npm start\", or set SYNAP_URL."
  status=${answer##*$'\n'}
  answer=${answer%$'\n'*}
  if ((status >= 400)); then
    fail "$method $path: $status $(json "$problem" <<<"$answer" 2>/dev/null || printf '%s' "$answer")"
  fi
  printf '%s' "$answer"
}

[[ -n ${SYNAP_PASSWORD:-} ]] || fail 'Set SYNAP_PASSWORD. The first start of the server shows the password of the first account, or names the file that holds it.'
command -v curl >/dev/null || fail 'curl is needed.'
command -v node >/dev/null || fail 'node is needed.'

# Sign in
credentials=$(node -p 'JSON.stringify({ email: process.env.SYNAP_EMAIL, password: process.env.SYNAP_PASSWORD })')
tokens=$(api POST /auth/login "$credentials")
access_token=$(json value.accessToken <<<"$tokens")
me=$(api GET /users/me)
printf 'Signed in at %s as %s.\n\n' "$url" "$(json '`${value.email} (${value.role})`' <<<"$me")"

# Find the modules
modules=$(api GET /modules)
printf 'Modules:\n'
json 'console.table(value.items.map(({ id, name, version, status, widgets }) => ({ id, name, version, status, widgets: widgets.join(", ") })))' <<<"$modules"

# Create a dashboard
dashboard=$(api POST /dashboards '{
  "name": "REST example",
  "widgets": [
    { "moduleId": "git", "widgetId": "commits", "params": { "limit": 10 }, "x": 0, "y": 0, "w": 8, "h": 6 },
    { "moduleId": "host", "widgetId": "load", "x": 8, "y": 0, "w": 4, "h": 3 }
  ]
}')
printf 'Dashboard made: %s\n' "$(json '`${value.id}, ${value.widgets.length} widgets.`' <<<"$dashboard")"

# Synchronise the git module, and wait for the end of the run
started=$(api POST /modules/git/sync)
run_id=$(json value.runId <<<"$started")
deadline=$((SECONDS + 30))
while true; do
  run=$(api GET "/modules/git/runs/$run_id")
  case $(json value.status <<<"$run") in
    succeeded) break ;;
    failed) fail "The run of \"git\" failed: $(json value.error <<<"$run")" ;;
  esac
  ((SECONDS < deadline)) || fail 'The run of "git" has not ended within 30 s.'
  sleep 0.2
done
printf 'Module "git" synchronised: %s new events.\n\n' "$(json value.events <<<"$run")"

# Show the data of the widgets
commits=$(api GET '/widget-data/git/commits?params%5Blimit%5D=10')
json '`The latest ${value.data.commits.length} of ${value.data.total} commits, at ${new Date(value.asOf).toLocaleTimeString()}:`' <<<"$commits"
json 'console.table(value.data.commits.map(({ hash, date, author, subject }) =>
  ({ commit: hash.slice(0, 8), date: new Date(date).toLocaleString(), author, subject: subject.slice(0, 60) })))' <<<"$commits"
load=$(api GET /widget-data/host/load)
json '`Load of the host over 1, 5 and 15 minutes, at ${new Date(value.asOf).toLocaleTimeString()}:  ` +
  `${[value.data.one, value.data.five, value.data.fifteen].map((load) => load.toFixed(2)).join("  ")}  (${value.data.cores} cores)`' <<<"$load"

# Sign out
api POST /auth/logout >/dev/null
