#!/usr/bin/env bash
# A tissue run that is killed, or whose disk is full, at each thing in turn that it does to files: it goes on to the same
# folder. So does a complete run that is to last longer, and a start over an older run.
# usage: tissue_faults.sh PERFORIN FAULT_LIBRARY [EVERY]
set -uo pipefail
perforin=$(realpath "$1") fault=$(realpath "$2") every=${3:-1}
[ -w /dev/shm ] && export TMPDIR=/dev/shm # where fsync takes no time
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
cat > tiny.yaml << 'END'
tissue: tiny
domain: {size: [80, 80, 80] um, voxel: 20 um}
steps: {field: 0.1 min, mechanics: 0.4 min, phenotype: 0.4 min}
duration: 2 min
output: {every: 0.8 min, snapshots: 0.8 min, film: 0.8 min, kinds: [vtp], checkpoint: 0.000001 s}
rules: rules.csv
substances: [{name: oxygen, unit: mmHg, diffusion: 1e3 um2/min, initial: 38 mmHg}]
cells: [{name: tumour, cycle: {model: live, live: 2 min}}]
place: [{cells: tumour, shape: ball, radius: 20 um, packed: yes}]
outcomes: [{name: left, kind: alive, cells: tumour}]
END
printf '%s\n' 'cell type,signal,direction,behaviour,saturation value,half-max,Hill power,applies to dead' \
    'tumour,pressure,decreases,cycle entry,0,1,2,no' > rules.csv
run() { "$perforin" tissue run tiny.yaml -q -j 1 "$@"; }
fail() { echo "FAIL: $1"; cat err; ls -R run; exit 1; }
strip() { rm -f "$1/log.jsonl" && sed -i '/"machine"/,$d' "$1/manifest.json"; }
run --out whole || fail "a plain run"
strip whole
run --out short --max-time '1.2 min' || fail "a shorter run"
run --out other --seed 5 || fail "a run with another seed"

# sweep NAME FOLDER_BEFORE FAULT command ...
sweep() {
    local name=$1 before=$2 how=$3 total n=1 held=0
    shift 3
    rm -rf run && { [ -z "$before" ] || cp -r "$before" run; }
    LD_PRELOAD=$fault PF_FAULT_COUNT=total "$@" 2> err || fail "$name: without a fault"
    total=$(cat total)
    [ "$total" -gt 20 ] || fail "$name: only $total places"
    for ((n = 1; n <= total; n += every)); do
        rm -rf run && { [ -z "$before" ] || cp -r "$before" run; }
        LD_PRELOAD=$fault PF_FAULT=$how PF_FAULT_AT=$n "$@" > out 2> err && [ $how = kill ] && fail "$name: no fault at $n"
        if [ $how = full ] && ! grep -q 'No space left' err; then
            grep -q '"state": "complete"' run/manifest.json 2> none || fail "$name, full at $n: no reason"
        fi
        [ -e run/manifest.json ] && grep -q '"state": "complete"' run/manifest.json && held=$((held + 1))
        if grep -q '"seed": "5"' run/manifest.json 2> none; then continue; fi # the older run still stands
        run --resume --max-time '2 min' --out run > out 2> err || fail "$name, $how at $n: resume"
        strip run
        diff -r whole run > differs || { cat differs; fail "$name, $how at $n: the folder differs"; }
    done
    echo "$name, $how: $total places, every ${every}th; complete at $held"
}
for how in kill full; do
    sweep "a run" "" $how run --out run
    sweep "a longer run" short $how run --resume --max-time '2 min' --out run
    sweep "a new start" other $how run --force --out run
done
