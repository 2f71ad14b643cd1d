#!/bin/sh
# Do the committed fixtures still say what R says? Regenerates them into a temporary folder and compares
# numbers to 1e-10. Without R or its package survival nothing is checked. Usage: check.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=$here/../../data
if ! command -v Rscript >/dev/null 2>&1; then
  echo "skipped: Rscript is not installed"
  exit 0
fi
if ! Rscript -e 'quit(status = !requireNamespace("survival", quietly = TRUE))' >/dev/null 2>&1; then
  echo "skipped: R has no package survival"
  exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/data" "$folder/expected"
Rscript "$here/make_data.R" "$folder/data"
Rscript "$here/stats.R" "$data/stats" "$data/oak_patients.csv" "$folder/expected"
Rscript "$here/versus.R" "$data/stats" "$folder/expected" 2>/dev/null
Rscript "$here/compare.R" "$data/stats" "$folder/data" "$folder/expected"
