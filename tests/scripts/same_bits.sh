#!/usr/bin/env bash
# The results are the same bytes for every number of threads and lanes.
# usage: same_bits.sh PERFORIN STUDY [options of run]
set -euo pipefail
perforin=$1 study=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
files="patients.csv assessments.csv events.csv kinetics.csv failures.csv summary.json summary.txt report.html"

"$perforin" run "$study" "$@" -q --threads 1 --lanes 1 --out "$work/first" > /dev/null
# From here on the copies that the run has kept: they must do as well as the originals.
study=$work/first/inputs/$(sed -n 's/.*"study_file": "\(.*\)".*/\1/p' "$work/first/manifest.json")
compared=0
for threads in 1 2 3; do
    for lanes in 1 4 8; do
        [ "$threads-$lanes" = 1-1 ] && continue
        out=$work/t$threads-l$lanes
        if ! "$perforin" run "$study" "$@" -q --threads $threads --lanes $lanes --out "$out" > /dev/null 2> "$work/err"; then
            grep -q 'lanes' "$work/err" && { echo "skip: $lanes lanes are not offered here"; continue; }
            cat "$work/err"
            exit 1
        fi
        for file in $files; do
            cmp "$work/first/$file" "$out/$file" || { echo "FAIL: $file differs with $threads threads, $lanes lanes"; exit 1; }
        done
        rm -rf "$out"
        compared=$((compared + 1))
    done
done
echo "same bits: $compared layouts of threads and lanes agree in $(wc -w <<< "$files") files"
