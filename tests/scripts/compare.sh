#!/usr/bin/env bash
# `perforin compare` over runs made here: what differs, pairs by seed, refusals, JSON.
# usage: compare.sh PERFORIN STUDY [options of run]
set -uo pipefail
perforin=$(realpath "$1") study=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $1"; cat "$work/out" "$work/err"; exit 1; }

# compare CODE STDOUT STDERR arguments: exit code, a pattern in each stream
compare() {
    local code=$1 out=$2 err=$3
    shift 3
    (cd "$work" && "$perforin" compare "$@" > out 2> err)
    local got=$?
    [ $got = "$code" ] || fail "compare $*: exit code $got instead of $code"
    grep -q -e "$out" "$work/out" || [ -z "$out" ] || fail "compare $*: no '$out' in the result"
    grep -q -e "$err" "$work/err" || [ -z "$err" ] || fail "compare $*: no '$err' in the messages"
}

for seed in 1 2; do
    "$perforin" run "$study" "$@" --seed $seed -q --out "$work/s$seed" > "$work/out" 2> "$work/err" || fail "run"
done
"$perforin" run "$study" "$@" --seed 1 -q --out "$work/again" > "$work/out" 2> "$work/err" || fail "run"
compare 0 "^B repeats A: .*the same results" "" s1 again
compare 0 "the same seed and the same virtual patients" "" s1 again --all
[ "$(grep -c ' \*$' "$work/out")" = 0 ] || fail "a run differs from itself"
compare 0 "seed  *1 -> 2" "" s1 s2
compare 0 "^not paired: other seeds" "" s1 s2
"$perforin" run "$study" "$@" --replicates 12 --seed 1 -q --out "$work/few" > "$work/out" 2> "$work/err" || fail "run"
compare 0 "the same seed, but other numbers of replicates" "" s1 few
compare 0 "^C  third " "" s1 s2 again --label first --label second --label third
compare 2 "" "needs two runs or more" s1
compare 2 "" "are the same run" s1 ./s1/
compare 2 "" "there is no folder 'none'" s1 none
compare 2 "" "holds no run" s1 .
cp -r "$work/s2" "$work/old"
rm "$work/old/replicates.csv"
sed -i '/replicates.csv/d' "$work/old/manifest.json"
compare 0 "a run has no replicates.csv" "" s1 old
compare 0 "^page  side.html" "" s1 s2 old -o side.html
cp "$work/side.html" "$work/first.html"
rm "$work/side.html"
echo x >> "$work/old/summary.json"
compare 1 "" "is not what its run wrote" s1 old -o side.html
[ ! -e "$work/side.html" ] || fail "a page of a damaged run"
compare 0 "" "" s1 s2 -o side.html --json
if command -v python3 > /dev/null; then
    python3 - "$work" << 'END' || fail "the JSON does not agree with the runs"
import csv, json, math, statistics, sys
work = sys.argv[1]
told = json.load(open(work + "/out"))
page = open(work + "/side.html", encoding="utf-8").read()
start = page.index(">", page.index('id="perforin-data"')) + 1
doc = json.loads(page[start:page.index("</script", start)])
assert doc["format"] == "perforin-page-1" and doc["comparison"] == told
assert [r["label"] for r in doc["runs"]] == ["s1", "s2"] and all(r["detail"] is None for r in doc["runs"])
for r in doc["runs"]: assert r["summary"] == json.load(open(f"{work}/{r['label']}/summary.json"))
assert told["format"] == "perforin-compare-1" and len(told["runs"]) == 2
def values(run, f):
    at = lambda r: float(r["AT_DAY"]) if r["AT_DAY"] else None
    return [float(r["VALUE"]) for r in csv.DictReader(open(f"{work}/{run}/replicates.csv"))
            if r["VALUE"] and (r["ARM"], r["AGAINST"] or None, r["ENDPOINT"], r["LABEL"] or None, at(r)) ==
            (f["arm"], f["against"], f["endpoint"], f.get("label"), f.get("at_day"))]
checked = 0
for f in told["figures"]:
    gap = f["gaps"][0]
    if not gap or gap["how"] != "means" or f["runs"][0]["centre"] == "share" or gap["value"] is None: continue
    a, b = values("s1", f), values("s2", f)
    assert math.isclose(gap["value"], statistics.mean(b) - statistics.mean(a), abs_tol=1e-9), f
    se = math.sqrt(statistics.variance(a) / len(a) + statistics.variance(b) / len(b))
    assert math.isclose(gap["se"], se, rel_tol=1e-9, abs_tol=1e-12), (f, se)
    checked += 1
assert checked >= 5, checked
for i, run in enumerate(("s1", "s2")):
    summary = json.load(open(f"{work}/{run}/summary.json"))
    for f in told["figures"]:
        own = f["runs"][i]
        if not own or own["centre"] == "share": continue
        x = summary
        for part in own["path"].split("."): x = x[int(part)] if isinstance(x, list) else x[part]
        assert x[own["centre"]] == own["value"] and x["endpoint"] == f["endpoint"], f
END
else
    echo "skipped: python3 is missing, so the JSON was not checked"
fi
