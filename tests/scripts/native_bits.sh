#!/usr/bin/env bash
# The results are the same bytes with native code and with bytecode.
# usage: native_bits.sh PERFORIN STUDY [options of run]
set -euo pipefail
perforin=$1 study=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PERFORIN_CACHE=$work/cache
files="patients.csv assessments.csv events.csv kinetics.csv failures.csv summary.json summary.txt report.html"

for native in off on; do
    "$perforin" run "$study" "$@" -q --native $native --out "$work/$native" > /dev/null
done
ls "$work/cache"/* > /dev/null || { echo "FAIL: nothing was compiled"; exit 1; }
for file in $files; do
    cmp "$work/off/$file" "$work/on/$file" || { echo "FAIL: $file differs between bytecode and native code"; exit 1; }
done
echo "same bits: bytecode and native code agree in $(wc -w <<< "$files") files"
