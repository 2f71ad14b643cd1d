#!/usr/bin/env bash
# SIGKILL at random moments, resume, same bytes.
# usage: kill_resume.sh PERFORIN STUDY KILLS [options of run]
set -euo pipefail
perforin=$1 study=$2 kills=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
files="patients.csv assessments.csv events.csv kinetics.csv failures.csv replicates.csv summary.json summary.txt report.html"
RANDOM=20 # the same moments in every run of this script

began=$(date +%s%N)
"$perforin" run "$study" "$@" -q --out "$work/whole" > /dev/null
span=$((($(date +%s%N) - began) / 1000000)) # ms
# From here on the copies that the run has kept: they must do as well as the originals.
study=$work/whole/inputs/$(sed -n 's/.*"study_file": "\(.*\)".*/\1/p' "$work/whole/manifest.json")
killed=0 finished=0
for ((i = 1; killed < kills && i <= 3 * kills; i++)); do # a run that ended first was not killed
    # Within one folder again and again, until it is complete; then a new one.
    "$perforin" run "$study" "$@" -q --resume --out "$work/part" > /dev/null 2> "$work/err" &
    pid=$!
    wait_ms=$((RANDOM % (span * 7 / 10 + 20)))
    sleep "$(printf '%d.%03d' $((wait_ms / 1000)) $((wait_ms % 1000)))"
    kill -KILL $pid 2> /dev/null && killed=$((killed + 1))
    wait $pid 2> /dev/null || true
    grep -v -i killed "$work/err" | grep . && { echo "FAIL: messages after a kill"; exit 1; }
    if [ $((i % 2)) = 0 ]; then
        "$perforin" run "$study" "$@" -q --resume --out "$work/part" > /dev/null
        for file in $files; do
            cmp "$work/whole/$file" "$work/part/$file" || { echo "FAIL: $file differs after kill $i"; exit 1; }
        done
        [ -e "$work/part/chunks" ] && { echo "FAIL: chunks were left"; exit 1; }
        find "$work/part" -name '*.part' | grep . && { echo "FAIL: temporary files were left"; exit 1; }
        finished=$((finished + 1))
        rm -rf "$work/part"
    fi
done
[ $killed = "$kills" ] || { echo "FAIL: only $killed of $kills kills came in time"; exit 1; }
echo "kill and resume: $killed kills, $finished runs finished with the same bytes"
