#!/usr/bin/env bash
# Parameters that a run changes for everyone: what it writes of them, and what --resume and `show` make of them.
# usage: changed.sh PERFORIN STUDY [options of run]
set -uo pipefail
perforin=$1 study=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $1"; exit 1; }
same() { cmp "$work/$1" "$work/$2" || fail "$1 and $2 differ"; }

"$perforin" run "$study" "$@" -q --out "$work/plain" > "$work/table" || fail "the study does not run"
"$perforin" run "$study" "$@" --set 'h_b*=1' -q --out "$work/one" > "$work/table" || fail "a factor of 1 does not run"
same plain/patients.csv one/patients.csv
"$perforin" run "$study" "$@" --set h_b=0.1 --set h_b=0.2 -q --out "$work/twice" 2> "$work/said" && fail "one parameter is set twice"
grep -q "changed twice" "$work/said" || fail "nothing says that a parameter is set twice"
"$perforin" run "$study" "$@" --set V_B=0 -q --out "$work/none" > "$work/empty" 2> "$work/said"
[ $? = 1 ] || fail "a run in which every patient failed does not say so by its exit code"
grep -q "every patient failed" "$work/said" || fail "a run in which every patient failed does not say so"
exec 8> "$work/one/.lock"
flock -n 8 || fail "a finished run holds its lock"
sed -i 's/"state": "complete"/"state": "running"/' "$work/one/manifest.json"
"$perforin" run "$study" "$@" -q --out "$work/one" 2> "$work/said" && fail "two runs in one folder"
grep -q "another run is writing" "$work/said" || fail "a folder in use is called stopped"
sed -i 's/"state": "running"/"state": "complete"/' "$work/one/manifest.json"
exec 8>&-
grep -q "run with changed parameters: h_b\*=1" "$work/table" || fail "the table does not say what was changed"
grep -q '"changed": "h_b\*=1"' "$work/one/manifest.json" || fail "the manifest does not say it"
grep -q 'changed_parameters: \[h_b\*=1\]' "$work/one/resolved.yaml" || fail "resolved.yaml does not say it"
grep -q '"changed_parameters":\[' "$work/one/report.html" || fail "the page does not say it"
grep -q '"changed_parameters"' "$work/plain/report.html" "$work/plain/summary.json" && fail "a plain run speaks of changes"
cp "$work/one/report.html" "$work/page"
"$perforin" report "$work/one" > "$work/out" || fail "the page cannot be made again"
same page one/report.html

"$perforin" run "$study" "$@" --set 'h_b*=3' -q --out "$work/three" > "$work/table" || fail "a factor of 3 does not run"
cmp -s "$work/plain/patients.csv" "$work/three/patients.csv" && fail "three times the hazard changes nothing"

"$perforin" run "$study" "$@" --set 'h_b*=3' -q --max-hours 0.000003 --out "$work/stopped" > "$work/out" 2> "$work/err"
[ $? = 3 ] || fail "the time limit did not stop the run"
"$perforin" run "$study" "$@" --set 'h_b*=2' -q --resume --out "$work/stopped" > "$work/out" 2> "$work/err" && fail "resumed with another change"
grep -q "its changed parameters were 'h_b\*=3' and are now 'h_b\*=2'" "$work/err" || fail "the reason is missing: $(cat "$work/err")"
resume=$("$perforin" show "$work/stopped" 2> "$work/err" | sed -n 's/^resume  *perforin //p')
eval "\"$perforin\" $resume -q" > "$work/out" || fail "the command of show does not go on: $resume"
same three/patients.csv stopped/patients.csv

for wrong in h_b h_b= h_bb=1 'h_b*=x'; do
    "$perforin" run "$study" "$@" --set "$wrong" -q --out "$work/wrong" > "$work/out" 2> "$work/err"
    [ $? = 2 ] || fail "--set $wrong was not refused: $(cat "$work/err")"
done
[ -e "$work/wrong" ] && fail "a refused run left a folder"
echo "changed parameters: written, resumed, refused"
