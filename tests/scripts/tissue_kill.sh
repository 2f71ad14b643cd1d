#!/usr/bin/env bash
# A tissue run: SIGKILL at random moments, resume on another number of threads, the same folder in the end.
# usage: tissue_kill.sh PERFORIN TISSUE KILLS
set -euo pipefail
perforin=$1 tissue=$2 kills=$3
[ -w /dev/shm ] && export TMPDIR=/dev/shm # where fsync takes no time
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
RANDOM=21 # the same moments in every run of this script

# The folder without what tells of the machine.
strip() { rm -f "$1/log.jsonl" && sed -i '/"machine"/,$d' "$1/manifest.json"; }

began=$(date +%s%N)
"$perforin" tissue run "$tissue" -q -j 1 --out "$work/whole"
span=$((($(date +%s%N) - began) / 1000000)) # ms
strip "$work/whole"
killed=0 finished=0 late=0
finish() {
    [ "$("$perforin" tissue run "$tissue" -j 1 --resume --out "$work/part" 2>&1 | grep -c 'Ctrl-C')" = 0 ]
    strip "$work/part"
    diff -r "$work/whole" "$work/part" || { echo "FAIL: the folder differs after $killed kills"; exit 1; }
    finished=$((finished + 1))
    rm -rf "$work/part"
}
for ((i = 1; killed < kills && i <= 3 * kills; i++)); do # a run that ended first was not killed
    "$perforin" tissue run "$tissue" -q -j $((1 + i % 2)) --resume --out "$work/part" > "$work/out" 2> "$work/err" &
    pid=$!
    wait_ms=$((RANDOM % (span * 7 / 10 + 20)))
    sleep "$(printf '%d.%03d' $((wait_ms / 1000)) $((wait_ms % 1000)))"
    if kill -KILL $pid 2> /dev/null; then killed=$((killed + 1)); else late=$((late + 1)); fi
    wait $pid 2> /dev/null || true
    grep -v -i killed "$work/err" | grep . && { echo "FAIL: messages after a kill"; exit 1; }
    # Never does a run that was killed look complete, or a complete one lack a table.
    if grep -q '"state": "complete"' "$work/part/manifest.json" 2> /dev/null; then
        [ -e "$work/part/cells.csv" ] || { echo "FAIL: complete without its cells"; exit 1; }
    fi
    [ $((i % 3)) = 0 ] && finish
done
[ -e "$work/part" ] && finish
[ $killed = "$kills" ] || { echo "FAIL: only $killed of $kills kills came in time"; exit 1; }
echo "kill and resume: $killed kills, $late came too late, $finished runs finished with the same bytes"
