#!/usr/bin/env bash
# `perforin report` over a run made here, and what becomes of the run's folder: files missing,
# cut, edited; pages written over something else; titles that would end a script.
# usage: report.sh PERFORIN STUDY
set -uo pipefail
perforin=$(realpath "$1") study=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $1"; cat "$work/out" "$work/err"; exit 1; }

# report CODE STDERR arguments: exit code, a pattern in the messages
report() {
    local code=$1 err=$2
    shift 2
    (cd "$work" && "$perforin" report "$@" > out 2> err)
    local got=$?
    [ $got = "$code" ] || fail "report $*: exit code $got instead of $code"
    grep -q -e "$err" "$work/err" || [ -z "$err" ] || fail "report $*: no '$err' in the messages"
}

"$perforin" run "$study" --replicates 1 -q --out "$work/run" > "$work/out" 2> "$work/err" || fail "run"
cp "$work/run/report.html" "$work/made.html"
report 0 "" run
cmp -s "$work/made.html" "$work/run/report.html" || fail "the page of the run is another when made again"

# a wrong name
report 2 "there is no folder 'none'" none
report 2 "holds no run" .
report 2 "is a file; name the folder of a run: did you mean 'run'" run/patients.csv
report 2 "of detail were asked for; the run has 1" run --detail 2

# a wrong place for the page: nothing is written
echo "my own text" > "$work/mine.txt"
for to in mine.txt run/patients.csv run/summary.json; do
    cp "$work/$to" "$work/before"
    report 2 "is there and is no page" run --out "$to"
    cmp -s "$work/before" "$work/$to" || fail "$to was written over"
done
report 2 "name of the page's file is empty" run --out ""
report 2 "there is no folder 'nowhere'" run --out nowhere/page.html
report 1 "it is a folder" run --out run
ln -s real.html "$work/link.html"
report 0 "" run --out link.html
[ -L "$work/link.html" ] && [ -s "$work/real.html" ] || fail "a link was replaced by a file"
report 0 "" run --out real.html
[ -z "$(find "$work" -name '*.part')" ] || fail "something was left half written"

# a folder that is not as the run left it: no page, and which file
damaged() {
    report 1 "$1" torn --out torn.html
    grep -q -e "--force" "$work/err" || fail "no mend for $1"
    [ ! -e "$work/torn.html" ] || fail "a page of a damaged run: $1"
}
afresh() {
    rm -rf "$work/torn"
    cp -r "$work/run" "$work/torn"
}
for file in patients.csv assessments.csv kinetics.csv events.csv failures.csv replicates.csv \
    summary.json summary.txt; do
    afresh
    rm "$work/torn/$file"
    damaged "'torn/$file', which the run wrote, is not there"
    afresh
    echo >> "$work/torn/$file"
    damaged "'torn/$file' is not what the run wrote"
done
afresh
echo '{}' > "$work/torn/summary.json"
damaged "'torn/summary.json' is not what the run wrote"
afresh
input=$(cd "$work/torn" && find inputs -name '*.ant' | head -1)
rm "$work/torn/$input"
damaged "'torn/$input', which the run wrote, is not there"
afresh
truncate -s 300 "$work/torn/manifest.json"
damaged "manifest.json"
# of a version before there was such a table
afresh
rm "$work/torn/replicates.csv"
sed -i '/replicates.csv/d' "$work/torn/manifest.json"
report 0 "" torn --out old.html
echo "ok"
