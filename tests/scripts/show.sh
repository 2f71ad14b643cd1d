#!/usr/bin/env bash
# What `perforin show` says of a run that was stopped, damaged, or is complete; its resume command must work.
# usage: show.sh PERFORIN STUDY [options of run]
set -uo pipefail
perforin=$(realpath "$1") study=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $1"; cat "$work/out" "$work/err"; exit 1; }

# show CODE STDOUT STDERR arguments: exit code, a pattern in each stream
show() {
    local code=$1 out=$2 err=$3
    shift 3
    "$perforin" show "$@" > "$work/out" 2> "$work/err"
    local got=$?
    [ $got = "$code" ] || fail "show $*: exit code $got instead of $code"
    grep -q -e "$out" "$work/out" || [ -z "$out" ] || fail "show $*: no '$out' in the result"
    grep -q -e "$err" "$work/err" || [ -z "$err" ] || fail "show $*: no '$err' in the messages"
}

run="$work/a run"
: > "$work/empty"
"$perforin" run "$study" "$@" --seed 5 -q --max-hours 0.00003 --out "$run" > "$work/out" 2> "$work/err"
[ $? = 3 ] || fail "the time limit did not stop the run"
show 3 "^state     stopped" "" "$run"
grep -q "^patients  [0-9,]* of [0-9,]* are kept" "$work/out" || fail "patients are not counted"
show 3 '"state": "stopped"' "" "$run" --json
if command -v python3 > /dev/null; then
    python3 -m json.tool < "$work/out" > "$work/json" || fail "no JSON"
else
    echo "skipped: python3 is missing, so the JSON was not parsed"
fi
chunk=$(ls "$run/chunks" | head -n 1)
if [ -n "$chunk" ]; then
    printf 'x' | dd of="$run/chunks/$chunk" bs=1 seek=300 conv=notrunc 2> /dev/null
    show 3 "^damaged   1 of" "" "$run"
fi
show 3 "^resume    perforin run" "" "$run"
command=$(sed -n 's/^resume *perforin //p' "$work/out")
eval "'$perforin' $command -q" > "$work/out" 2> "$work/err" || fail "the resume command failed: $command"
show 0 "simulated" "" "$run"
show 0 '"format": "perforin-summary-1"' "" --json "$run"
echo >> "$run/summary.txt"
show 1 "" "is not what it wrote" "$run"
cp "$run/manifest.json" "$work/manifest.json"
echo '{"state": "running"}' > "$run/manifest.json"
show 1 "" "this is no manifest of a run; put the file back, or run the study again" "$run"
head -c 200 "$work/manifest.json" > "$run/manifest.json"
show 1 '"state": "damaged"' "JSON line" "$run" --json
show 2 "" "there is no folder" "$work/none"
mkdir "$work/runs" "$work/runs/mine" "$work/empty.d"
show 2 "" "holds no run" "$work/empty.d"
cd "$work" && show 2 "" "did you mean 'runs/mine'" mine
echo "show: stopped, damaged, complete and absent runs are told apart"
