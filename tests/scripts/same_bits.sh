#!/usr/bin/env bash
# The results are the same bytes for every number of threads and lanes, by bytecode and by native code.
# usage: same_bits.sh PERFORIN STUDY [options of run]
set -euo pipefail
perforin=$1 study=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PERFORIN_CACHE=$work/cache
files="patients.csv assessments.csv events.csv kinetics.csv failures.csv replicates.csv summary.json summary.txt report.html"

"$perforin" run "$study" "$@" -q --threads 1 --lanes 1 --native off --out "$work/first" > /dev/null
# From here on the copies that the run has kept: they must do as well as the originals.
study=$work/first/inputs/$(sed -n 's/.*"study_file": "\(.*\)".*/\1/p' "$work/first/manifest.json")
compared=0
# same THREADS LANES NATIVE options of run ...
same() {
    local threads=$1 lanes=$2 native=$3
    local out=$work/t$threads-l$lanes-$native
    shift 3
    if ! "$perforin" run "$study" "$@" -q --threads $threads --lanes $lanes --native $native --out "$out" > /dev/null 2> "$work/err"; then
        grep -q 'lanes' "$work/err" && { echo "skip: $lanes lanes are not offered here"; return 0; }
        cat "$work/err"
        exit 1
    fi
    for file in $files; do
        cmp "$work/first/$file" "$out/$file" || { echo "FAIL: $file differs with $threads threads, $lanes lanes, native $native"; exit 1; }
    done
    rm -rf "$out"
    compared=$((compared + 1))
}
for lanes in 1 4 8; do
    for threads in 1 2 3; do
        [ "$threads-$lanes" = 1-1 ] || same $threads $lanes off "$@"
        same $threads $lanes on "$@"
    done
done
echo "same bits: $compared layouts of threads, lanes and native code agree in $(wc -w <<< "$files") files"
