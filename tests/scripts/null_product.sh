#!/usr/bin/env bash
# A treatment without effective cells equals its control arm.
#   never: the product is planned after the end of follow-up: the arm has a program of its own, so the same but for rounding.
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
sed 's/{name: motile, .*/{name: motile, distribution: constant, value: 0, source: "negative control"}/' \
    "$root/products/allogeneic-pbnk.yaml" > "$work/products/still.yaml"
grep -q 'name: motile, distribution: constant, value: 0,' "$work/products/still.yaml"

# study NAME [line of the regimen]: one arm of 54 patients, pembrolizumab and what the line adds
study() {
    cat > "$work/studies/$1.yaml" << END
study: null-product
model: models/core.ant
population: evidence/populations/nsclc.yaml
arms:
  - name: arm
    size: 54
    regimen:
      - {drug: pembrolizumab, dose: 10 mg/kg, every: 3 week, infusion: 30 minute, until: progression}
${2:-}
assess:
  imaging: {every: 6 week, window: 7 day, error: 8 %, criteria: RECIST 1.1}
horizon: 30 month
dropout: 0.01 1/month
replicates: 5
seed: 1
END
    "$perforin" run "$work/studies/$1.yaml" "${@:3}" -q --out "$work/$1" > /dev/null
}
schedule='on: [12, 13, 14, 26, 27, 28] day, cycle: 28 day, cycles: 1..3, infusion: 1 hour, until: progression}'
study control "" "$@"
study never '      - {product: products/allogeneic-pbnk.yaml, dose: 3e9 cell, on: [5000] day}' "$@"
study still "      - {product: products/still.yaml, dose: 3e9 cell, $schedule" "$@"
study one "      - {product: products/allogeneic-pbnk.yaml, dose: 1 cell, $schedule" "$@"

# compare NAME TOLERANCE: patient by patient against the control
compare() {
    awk -F, -v name="$1" -v tolerance="$2" '
        FNR == 1 { for (i = 1; i <= NF; i++) column[FILENAME, $i] = i; file++; next }
        file == 1 {
            n++
            given -= $column[FILENAME, "DOSES"]
            for (k = 1; k <= split("REPLICATE PATIENT BOR PD_REASON PFS_EVENT OS_EVENT PFS OS", key, " "); k++)
                want[FNR, key[k]] = $column[FILENAME, key[k]]
            next
        }
        {
            m++
            for (k = 1; k <= split("REPLICATE PATIENT BOR PD_REASON PFS_EVENT OS_EVENT", key, " "); k++)
                if ($column[FILENAME, key[k]] != want[FNR, key[k]]) {
                    print "FAIL: " name ": patient " $2 "/" $3 ": " key[k] " " want[FNR, key[k]] " is " $column[FILENAME, key[k]]
                    bad++
                }
            for (k = 1; k <= split("PFS OS", key, " "); k++) {
                d = $column[FILENAME, key[k]] - want[FNR, key[k]]
                if (d < 0) d = -d
                if (d > worst) worst = d
                if (d > tolerance) { print "FAIL: " name ": patient " $2 "/" $3 ": " key[k] " differs by " d " day"; bad++ }
            }
            given += $column[FILENAME, "DOSES"]
        }
        END {
            if (n == 0 || n != m) { print "FAIL: " name ": " n " and " m " patients"; bad++ }
            if ((given > 0) != (name != "never")) { print "FAIL: " name ": " given " doses of the product"; bad++ }
            printf "%s: %d patients, %d doses of the product, PFS and OS within %.2g day of the control\n", name, m, given, worst
            exit bad > 0
        }' "$work/control/patients.csv" "$work/$1/patients.csv"
}
compare never 1e-9
compare still 0.05
compare one 0.05
