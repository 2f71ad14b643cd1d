#!/usr/bin/env bash
# What a user sees when something is in the way: a clear sentence, the right exit code, nothing half-written.
# usage: bad_disk.sh PERFORIN STUDY [options of run]
set -uo pipefail
perforin=$(realpath "$1") study=$(realpath "$2")
shift 2
work=$(mktemp -d)
mounted=
trap '[ -n "$mounted" ] && umount "$work/small"; chmod -R u+w "$work"; rm -rf "$work"' EXIT
checks=0

fail() { echo "FAIL: $1"; cat "$work/err"; exit 1; }

# expect NAME CODE PATTERN command ...
expect() {
    local name=$1 code=$2 pattern=$3
    shift 3
    "$@" > "$work/out" 2> "$work/err"
    local got=$?
    [ $got = "$code" ] || fail "$name: exit code $got instead of $code"
    # What is kept, and the command that goes on, may follow the reason.
    grep -v 'are kept: perforin run .* --resume' "$work/err" | tail -n 1 | grep -q -e "$pattern" ||
        fail "$name: the last line does not say '$pattern'"
    checks=$((checks + 1))
}

expect "missing study" 2 "there is no study" "$perforin" run "$work/none.yaml" --out "$work/a"
[ -e "$work/a" ] && fail "a refused study left a folder"
name=$(basename "$study" .yaml)
(cd "$(dirname "$study")" && expect "no ending" 2 "did you mean '$name.yaml'" "$perforin" run "$name") || exit 1
# A reader that leaves early does not end the run.
"$perforin" run "$study" "$@" --out "$work/read" 2>&1 | head -n 1 > /dev/null
grep -q '"state": "complete"' "$work/read/manifest.json" || fail "a closed pipe ended the run"
checks=$((checks + 2))
expect "unknown option" 2 "did you mean '--threads'" "$perforin" run "$study" --thread 2
expect "unknown verb" 2 "did you mean 'run'" "$perforin" rum "$study"
expect "bad number" 2 "whole number" "$perforin" run "$study" --seed two
printf 'study: [\n' > "$work/broken.yaml"
expect "broken study" 2 "." "$perforin" run "$work/broken.yaml" --out "$work/b"
[ -e "$work/b" ] && fail "a broken study left a folder"
# What a model is asked: each refused with code 2, never taken for a default.
printf 'model m()\n  x = 1; x'"'"' = -x;\nend\n' > "$work/m.ant"
expect "no runs" 2 "runs needs a number from 1" "$perforin" simulate "$work/m.ant" --stochastic --runs 0
expect "no tolerance" 2 "must be positive" "$perforin" simulate "$work/m.ant" --rtol 0
expect "too many steps" 2 "from 0 to 100000000" "$perforin" simulate "$work/m.ant" --steps 999999999999
expect "no lanes" 2 "1, 4 or 8" "$perforin" simulate "$work/m.ant" --lanes 0
expect "no threads" 2 "between 1 and 4096" "$perforin" simulate "$work/m.ant" --threads 0
expect "no names" 2 "names with commas" "$perforin" simulate "$work/m.ant" --variables x,,y
expect "a model that is missing" 2 "there is no file" "$perforin" model convert "$work/none.ant"
expect "a table that is a folder" 2 "is a folder" "$perforin" simulate "$work/m.ant" --patients "$work"
expect "both kinds of chance" 2 "contradict" "$perforin" simulate "$work/m.ant" --stochastic --deterministic
expect "a start too far" 2 "start nearer to 0" "$perforin" simulate "$work/m.ant" --start 1e18
expect "no replicates" 2 "between 1 and" "$perforin" run "$study" --replicates 0 --out "$work/zero"
: > "$work/file"
expect "a file in the way" 1 "in the way\|Not a directory\|not a folder\|cannot" "$perforin" run "$study" "$@" -q --out "$work/file/run"
mkdir "$work/others" && : > "$work/others/letter.txt"
expect "a folder of others" 2 "holds other files" "$perforin" run "$study" "$@" -q --out "$work/others"
[ "$(ls -A "$work/others")" = letter.txt ] || fail "something was left in a folder of others"

# Ctrl-C: exit 3, and the sentence says how to go on. A second start without --resume is refused.
"$perforin" run "$study" "$@" --out "$work/stop" > "$work/out" 2> "$work/err" &
pid=$!
for _ in $(seq 200); do [ -d "$work/stop/chunks" ] && break; sleep 0.02; done
kill -INT $pid
wait $pid
code=$?
if [ $code = 3 ]; then
    tail -n 1 "$work/err" | grep -q 'which are kept: perforin run .* --resume' || fail "no word on how to resume"
    expect "stopped run" 2 "--resume continues it" "$perforin" run "$study" "$@" -q --out "$work/stop"
    expect "changed seed" 2 "seed was" "$perforin" run "$study" "$@" -q --resume --seed 4711 --out "$work/stop"
    chunk=$(ls "$work/stop/chunks" | head -n 1)
    if [ -n "$chunk" ]; then
        printf 'x' | dd of="$work/stop/chunks/$chunk" bs=1 seek=300 conv=notrunc 2> /dev/null
        "$perforin" run "$study" "$@" -q --resume --out "$work/stop" > /dev/null 2> "$work/err" || fail "resume after damage"
        grep -q 'damaged' "$work/err" || fail "a damaged chunk was not mentioned"
    else
        "$perforin" run "$study" "$@" -q --resume --out "$work/stop" > /dev/null 2> "$work/err" || fail "resume"
    fi
    checks=$((checks + 2))
elif [ $code = 0 ]; then
    echo "skip: the run was over before the signal came"
else
    fail "Ctrl-C ended with $code"
fi
"$perforin" run "$study" "$@" -q --force --out "$work/stop" > /dev/null 2> "$work/err" || fail "--force"
expect "complete run" 2 "holds a complete run" "$perforin" run "$study" "$@" -q --out "$work/stop"
cp "$work/stop/patients.csv" "$work/one.csv"
"$perforin" run "$study" "$@" -q --out "$work/whole" > /dev/null || fail "a plain run"
cmp "$work/one.csv" "$work/whole/patients.csv" || fail "a stopped run gave other patients"

# The end of the disk.
if [ "$(id -u)" = 0 ] && mkdir "$work/small" && mount -t tmpfs -o size=256k none "$work/small" 2> /dev/null; then
    mounted=yes
    expect "full disk" 1 "No space left" "$perforin" run "$study" "$@" -q --out "$work/small/run"
    find "$work/small" -name '*.part' | grep . && fail "a temporary file was left on a full disk"
    [ -e "$work/small/run/patients.csv" ] && fail "half a table was left on a full disk"
    # The disk ends at each of the files in turn; with more room the run goes on to the same bytes.
    claims=$(dirname "$study")/../claims/decay.yaml
    "$perforin" run "$claims" -q --out "$work/claims" > /dev/null 2>&1 || fail "a study with claims"
    ended=
    for size in $(seq 44 4 160) $(seq 224 64 480) $(seq 512 256 4096); do
        rm -rf "$work/small/run" && mount -o remount,size=${size}k "$work/small" || fail "remount"
        "$perforin" run "$claims" -q --out "$work/small/run" > "$work/out" 2> "$work/err"
        code=$?
        [ $code = 0 ] && break
        [ $code = 1 ] || fail "disk of $size kB: exit code $code"
        grep -q 'No space left' "$work/err" || fail "disk of $size kB: no reason"
        find "$work/small" -name '*.part' | grep . && fail "disk of $size kB: a temporary file was left"
        ended+=" $(sed -n "s/.*cannot [a-z ]* '.*\/\([^/]*\)': No space.*/\1/p" "$work/err")"
        [ -e "$work/small/run/manifest.json" ] || continue
        grep -q '"state": "running"' "$work/small/run/manifest.json" || fail "disk of $size kB: half a run is complete"
        mount -o remount,size=16m "$work/small"
        "$perforin" run "$claims" -q --resume --out "$work/small/run" > "$work/out" 2> "$work/err" || fail "disk of $size kB: resume"
        for file in patients.csv claims.json summary.json report.html; do
            cmp "$work/claims/$file" "$work/small/run/$file" || fail "disk of $size kB: $file differs after --resume"
        done
        checks=$((checks + 1))
    done
    [ "$code" = 0 ] || fail "the disk was never large enough"
    rm -rf "$work/small/run" && mount -o remount,size=8k "$work/small"
    expect "a page on a full disk" 1 "No space left" "$perforin" report "$work/claims" --out "$work/small/page.html"
    [ -z "$(ls -A "$work/small")" ] || fail "half a page was left on a full disk"
    for file in claims.json report.html; do
        case $ended in *" $file"*) ;; *) fail "no disk ended at $file, but at:$ended" ;; esac
    done
else
    echo "skip: a full disk needs the right to mount"
fi

# Read-only folders, of a run and of what is above it. Root writes everywhere: somebody else does it.
as=()
if [ "$(id -u)" = 0 ]; then
    as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    chmod 755 "$work"
fi
if "${as[@]}" "$perforin" check "$study" > /dev/null 2>&1; then
    mkdir "$work/locked" && chmod 555 "$work/locked"
    expect "unwritable folder" 1 "Permission denied" "${as[@]}" "$perforin" run "$study" "$@" -q --out "$work/locked/run"
    # A run that was stopped before its results, then locked, then opened again.
    mkdir "$work/open" && chmod 777 "$work/open"
    claims=$(dirname "$study")/../claims/decay.yaml
    (cd "$work/open" && "${as[@]}" "$perforin" run "$claims" -q --out run) > /dev/null 2>&1 || fail "a run of somebody else"
    (cd "$work/open" && "${as[@]}" "$perforin" run "$claims" -q --force --replicates 10000 --max-hours 0.00003 --out run) > "$work/out" 2> "$work/err"
    [ $? = 3 ] || fail "a time limit did not stop the run"
    chmod 555 "$work/open/run" "$work/open/run/chunks"
    expect "read-only run" 1 "Permission denied" "${as[@]}" "$perforin" run "$claims" -q --resume --replicates 10000 --out "$work/open/run"
    find "$work/open/run" -name '*.part' | grep . && fail "a temporary file was left in a read-only run"
    [ -e "$work/open/run/patients.csv" ] && fail "a table was left in a read-only run"
    chmod 755 "$work/open/run" "$work/open/run/chunks"
    "${as[@]}" "$perforin" run "$claims" -q --resume --replicates 10000 --out "$work/open/run" > "$work/out" 2> "$work/err" || fail "read-only run: resume"
    chmod 555 "$work/open/run"
    expect "a page into a read-only run" 1 "Permission denied" "${as[@]}" "$perforin" report "$work/open/run"
    "${as[@]}" "$perforin" report "$work/open/run" --out "$work/open/page.html" > "$work/out" 2> "$work/err" || fail "a page beside a read-only run"
    cmp "$work/open/run/report.html" "$work/open/page.html" || fail "a page beside a read-only run has other bytes"
    chmod 755 "$work/open/run"
else
    echo "skip: nobody else can be asked to write"
fi

# Files may not grow beyond 64 kB: what a quota looks like. SIGXFSZ must not end the program.
(ulimit -f 64 && "$perforin" run "$study" "$@" -q --out "$work/quota") > "$work/out" 2> "$work/err"
[ $? = 1 ] || fail "file-size limit: wrong exit code"
grep -q 'File too large' "$work/err" || fail "file-size limit: no reason given"
checks=$((checks + 1))

# Two runs in one folder.
"$perforin" run "$study" "$@" -q --out "$work/two" > /dev/null 2> "$work/err" &
pid=$!
for _ in $(seq 200); do [ -d "$work/two/chunks" ] && break; sleep 0.02; done
kill -STOP $pid
if [ -d "$work/two/chunks" ]; then
    expect "locked folder" 1 "another run is writing" "$perforin" run "$study" "$@" -q --resume --out "$work/two"
fi
kill -CONT $pid
wait $pid || fail "the first of two runs"

echo "bad days: $checks situations end with the right code and sentence"
