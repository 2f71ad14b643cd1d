#!/usr/bin/env bash
# Ctrl-C in the verbs that run many studies: exit 3, a sentence, no table; the same command goes on. NO_COLOR is heard.
# usage: stop_each.sh PERFORIN
set -uo pipefail
perforin=$(realpath "$1")
here=$(cd "$(dirname "$0")/../data/claims" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { echo "FAIL: $1"; cat "$work/err"; exit 1; }

cp -r "$here"/. "$work"
mkdir "$work/studies"
mv "$work/decay.yaml" "$work/studies/first.yaml"
cd "$work" || exit 1
sed -i 's/^study: decay/study: first\nsystems: [one]/; /^claim:/,$d' studies/first.yaml
cat >> studies/first.yaml << 'END'
expect:
  - {case: V1, endpoint: kinetics day 14, arm: cells, value: 900, role: check, source: s}
claim:
  - {endpoint: kinetics day 14, arm: cells, value: 800, source: s, levers: [k]}
END
sed 's/^study: first/study: second/' studies/first.yaml > studies/second.yaml
cat > evidence/systems.csv << 'END'
id,article,category,what,cells,engineering,dose_schedule,indication,outcome_as_given,mechanisms,trace_status,trace_note,kind,study,command,reason
one,A1,quantified,Cells,NK,,,lung,,kill,VERIFIED,,study,studies/first.yaml;studies/second.yaml,perforin run studies/first.yaml,
END
printf 'case_id,title,role,observed\nV1,Level,CHECK,a\n' > evidence/outcomes.csv

# stop NAME FOLDER command ...: ends it at its first chunks, then lets it end.
stop() {
    local name=$1 runs=$2
    shift 2
    "$@" -r 4000 > out 2> err &
    local pid=$!
    for _ in $(seq 500); do [ -e "$runs/first/chunks/000000.bin" ] && break; sleep 0.01; done
    kill -INT $pid
    wait $pid
    local code=$?
    [ $code = 3 ] || fail "$name: Ctrl-C ended with $code"
    tail -n 1 err | grep -q 'what is done is kept: the same command goes on' || fail "$name: no sentence"
    [ -s out ] && fail "$name: a table of what was stopped"
    [ -e "$runs/second" ] && fail "$name: the next study was begun"
    local kept
    kept=$(find "$runs/first/chunks" -name '*.bin' | wc -l)
    [ "$kept" -gt 0 ] || fail "$name: nothing was kept"
    find "$runs" -name '*.part' | grep . && fail "$name: a temporary file was left"
    "$@" -r 4000 > out 2> err || fail "$name: it does not go on"
    [ -s out ] || fail "$name: no table"
    for study in first second; do
        grep -q '"state": "complete"' "$runs/$study/manifest.json" || fail "$name: $study is not complete"
    done
}
stop systems runs "$perforin" systems --run
stop validate runs/validate "$perforin" validate

if command -v script > /dev/null && script -qec true /dev/null > /dev/null 2>&1 < /dev/null; then
    for verb in "lot none.yaml" "systems none" "validate --only none"; do
        NO_COLOR=1 script -qec "'$perforin' $verb" /dev/null < /dev/null > out
        grep -q perforin: out || fail "$verb: no sentence"
        grep -q "$(printf '\033')" out && fail "$verb: colours in spite of NO_COLOR"
    done
else
    echo "skip: no terminal can be made"
fi
echo "many studies: stopped, kept, finished by the same command"
