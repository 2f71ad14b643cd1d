#!/usr/bin/env bash
# A treatment without effective cells equals its control arm. All arms hold the same people:
#   never: the product is planned after the end of follow-up.      \
#   none:  doses of no cells.                                       > every column of every patient the same, to the last bit
#   dead:  the published schedule with lots of which nothing lives. /
#   still: the published schedule with cells that cannot enter tissue (motile 0).
#   one:   the published schedule with one cell per dose.
# Doses restart the integrator, so `still` and `one` differ from the control in rounding: response, reason of progression and
# events must be the same for each patient, PFS and OS the same to 0.05 day, the tolerance of the integration.
# usage: null_product.sh PERFORIN [STUDY, not used] [options of run]
set -euo pipefail
perforin=$1
shift $(($# > 1 ? 2 : 1))
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$root/models" "$root/evidence" "$root/products" "$work"
mkdir "$work/studies"
product=$work/products/allogeneic-pbnk.yaml
sed 's/{name: motile, .*/{name: motile, distribution: constant, value: 0, source: "negative control"}/' "$product" > "$work/products/still.yaml"
grep -q 'name: motile, distribution: constant, value: 0,' "$work/products/still.yaml"
sed 's/^attributes:.*/&\n  - {name: dose_share, distribution: constant, value: 0, source: "negative control"}/' "$product" > "$work/products/dead.yaml"
grep -q 'name: dose_share' "$work/products/dead.yaml"

# arm NAME PRODUCT DOSE SCHEDULE: pembrolizumab and a product
arm() {
    echo "  - name: $1
    like: control
    regimen:
      - $pembrolizumab
      - {product: products/$2.yaml, dose: $3, $4}"
}
pembrolizumab='{drug: pembrolizumab, dose: 10 mg/kg, every: 3 week, infusion: 30 minute, until: progression}'
schedule='on: [12, 13, 14, 26, 27, 28] day, cycle: 28 day, cycles: 1..3, infusion: 1 hour, until: progression'
cat > "$work/studies/null-product.yaml" << END
study: null-product
model: models/core.ant
population: evidence/populations/nsclc.yaml
arms:
  - name: control
    size: 54
    regimen:
      - $pembrolizumab
$(arm never allogeneic-pbnk "3e9 cell" "on: [5000] day")
$(arm none allogeneic-pbnk "0 cell" "$schedule")
$(arm dead dead "3e9 cell" "$schedule")
$(arm still still "3e9 cell" "$schedule")
$(arm one allogeneic-pbnk "1 cell" "$schedule")
allocation: {method: paired}
assess:
  imaging: {every: 6 week, window: 7 day, error: 8 %, criteria: RECIST 1.1}
  kinetics: [1, 13, 28] day
horizon: 30 month
dropout: 0.01 1/month
replicates: 5
seed: 1
END
"$perforin" run "$work/studies/null-product.yaml" "$@" -q --out "$work/run" > /dev/null

# compare NAME TOLERANCE: patient by patient against the control; tolerance 0: every column as written
compare() {
    awk -F, -v name="$1" -v tolerance="$2" -v size=54 '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        { key = $column["REPLICATE"] " " $column["PATIENT"] % size }
        $column["ARM"] == "control" { control[key] = $0 }
        $column["ARM"] == name { patient[key] = $0; m++ }
        END {
            exact = tolerance == 0
            for (key in patient) {
                split(control[key], want); split(patient[key], got)
                given += got[column["DOSES"]] - want[column["DOSES"]]
                for (c in column) {
                    k = column[c]
                    if (c == "PATIENT" || c == "ARM") continue
                    if (exact || c ~ /^(REPLICATE|BOR|PD_REASON|PFS_EVENT|OS_EVENT)$/) {
                        if (got[k] "" != want[k] "") { print "FAIL: " name ": " key ": " c " " want[k] " is " got[k]; bad++ }
                    } else if (c == "PFS" || c == "OS") {
                        d = got[k] - want[k]
                        if (d < 0) d = -d
                        if (d > worst) worst = d
                        if (d > tolerance) { print "FAIL: " name ": " key ": " c " differs by " d " day"; bad++ }
                    }
                }
            }
            if (m != 5 * size) { print "FAIL: " name ": " m + 0 " patients"; bad++ }
            if ((given > 0) == exact) { print "FAIL: " name ": " given " doses of the product"; bad++ }
            if (exact) printf "%s: %d patients, every column as the control, to the last bit\n", name, m
            else printf "%s: %d patients, %d doses of the product, PFS and OS within %.2g day of the control\n", name, m, given, worst
            exit bad > 0
        }' "$work/run/patients.csv"
}
compare never 0
compare none 0
compare dead 0
compare still 0.05
compare one 0.05
