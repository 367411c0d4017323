#!/usr/bin/env bash
# Looks for known vulnerabilities in what we call. Its database is on the
# network: where that cannot be reached, it says that nothing was checked and
# does not fail. Anything else that goes wrong fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

code=0
out=$(timeout 600 .bin/govulncheck ./... 2>&1) || code=$?
if ((code == 0)); then
  exit 0
fi
if [[ $out == *'govulncheck: fetching vulnerabilities:'* ]]; then
  echo "NOT CHECKED for known vulnerabilities: their database cannot be reached (${out##*: })" >&2
  exit 0
fi
echo "$out" >&2
exit "$code"
