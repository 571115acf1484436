#!/usr/bin/env bash
# Builds and runs every test project; prints `N passed, N failed[, N skipped]` last and fails when a test failed or none ran.
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

build/install-tools.sh || { echo "installing the tools failed"; exit 1; }
results=artifacts/test-results
rm -rf "$results"
dotnet build --nologo -v quiet || { echo "the build failed"; exit 1; }

status=0
for project in tests/*.Tests tests/Simulation tests/Scenarios; do
  name=$(basename "$project")
  echo "== $name"
  dotnet test "$project" --no-build --nologo -v quiet --results-directory "$results" --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" || status=1
done

passed=0 failed=0 skipped=0
for file in "$results"/*.trx; do
  counters=$(grep -o '<Counters [^>]*>' "$file" | head -1)
  value() { sed -nE "s/.* $1=\"([0-9]+)\".*/\1/p" <<<"$counters"; }
  passed=$((passed + $(value passed)))
  failed=$((failed + $(value failed)))
  skipped=$((skipped + $(value notExecuted)))
done

[ "$((passed + failed))" -gt 0 ] || { echo "no test ran"; status=1; }
summary="$passed passed, $failed failed"
[ "$skipped" -eq 0 ] || summary="$summary, $skipped skipped"
[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || echo "a test run failed outside of its tests"
echo "$summary"
exit "$status"
