#!/usr/bin/env bash
# The files on which a population stands go into the run folder, and the run can be made again from what lies there.
#     tests/scripts/base_inputs.sh PERFORIN
set -euo pipefail
perforin=$(realpath "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

"$perforin" run "$root/studies/controls/rcc-biodistribution.yaml" --replicates 1 -q --out first > out.txt
for file in rcc-biodistribution rcc solid lesions; do
    cmp "$root/evidence/populations/$file.yaml" "first/inputs/evidence/populations/$file.yaml"
    grep -q "populations/$file.yaml" first/manifest.json
done
grep -q '# lesions.yaml:' first/resolved.yaml

cp -r first/inputs copy
"$perforin" run copy/studies/controls/rcc-biodistribution.yaml --replicates 1 -q --out second > out.txt
cmp first/patients.csv second/patients.csv

# Another base, another population.
sed -i '/name: weight, distribution: lognormal/s/median: 65 kg/median: 90 kg/' copy/evidence/populations/solid.yaml
"$perforin" run copy/studies/controls/rcc-biodistribution.yaml --replicates 1 -q --out third > out.txt
if cmp -s first/patients.csv third/patients.csv; then
    echo "a base that changed made no difference"
    exit 1
fi
echo "base files: copied, named in the manifest, enough to run again"
