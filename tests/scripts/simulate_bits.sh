#!/usr/bin/env bash
# One model simulated is the same bytes for every number of threads and lanes, by bytecode and by native code:
# patients with records, events and small numbers; stochastic runs, exact and leaping.
# usage: simulate_bits.sh PERFORIN
set -euo pipefail
perforin=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PERFORIN_CACHE=$work/cache
cd "$work"

cat > small.ant <<'END'
model small()
  gut = 0; T = 400; E = 30; hits = 0; tick = 0; on = 1; ke = 0.3; g = 0.2;
  gut' = -0.8*gut;
  E' = 0.8*gut - ke*E;
  T' = g*T - 0.02*on*E*T;
  tick' = -tick/(1 + T);
  at T < 150, priority = 1: hits = hits + 1, tick = exp(-E);
  at 0.5 after E > 20: on = 2 - on*0.7;
  at time >= 6: tick = tick + hits, on = 0.5;
  at time >= 6: on = on*3;
  //! small T below 100
end
END
cat > net.ant <<'END'
model net()
  species A, B, C; A = 300; B = 0; C = 5; k = 1;
  A -> B; k*A; B -> A; 0.5*k*B; B + C -> 2 C; 0.01*B*C; C -> ; 0.3*C;
  at C > 40: C = 10;
end
END
{
    echo ID,ke,g,T
    for i in $(seq 37); do echo "p$i,0.$((10 + i)),0.$((5 + i % 7)),$((60 + i * 17))"; done
} > people.csv
{
    echo ID,TIME,EVID,AMT,CMT,ADDL,II,RATE
    for i in $(seq 37); do
        echo "p$i,0.$((i % 9)),1,$((20 + i)),gut,3,2,0"
        echo "p$i,5,1,10,E,0,0,$((4 + i % 3))"
        echo "p$i,9.5,0,.,.,.,.,."
    done
} > doses.csv

# each NAME options of simulate ...: all layouts against the first; outputs are out.csv and more.csv.
each() {
    local name=$1 compared=0
    shift
    for native in off on; do
        for threads in 1 2 3; do
            for lanes in 1 4 8; do
                rm -f out.csv more.csv
                if ! "$perforin" simulate "$@" -o out.csv -j $threads --lanes $lanes --native $native > /dev/null 2> err; then
                    grep -q 'lanes' err && { echo "skip: $lanes lanes are not offered here"; continue; }
                    cat err
                    exit 1
                fi
                sha256sum out.csv more.csv > sums
                if [ "$compared" = 0 ]; then
                    cp sums first
                else
                    cmp sums first || { echo "FAIL: $name differs with $threads threads, $lanes lanes, native $native"; exit 1; }
                fi
                compared=$((compared + 1))
            done
        done
    done
    [ "$(wc -l < out.csv)" -gt 10 ] || { echo "FAIL: $name has no rows"; exit 1; }
    echo "same bits: $name, $compared layouts"
}
# Every round compiles one program for three numbers of lanes.
compiled() { find cache -type f 2> /dev/null | grep -q . || { command -v cc > /dev/null && { echo "FAIL: nothing was compiled"; exit 1; } || echo "skip: no compiler"; }; }
each "patients" small.ant -d 12 -n 24 --patients people.csv --records doses.csv --records-out more.csv --seed 4
compiled
# Without a compiler the answer is the same, and the reason is told.
"$perforin" simulate small.ant --native off > without
PF_CC=/nonexistent PERFORIN_CACHE=$work/none "$perforin" simulate small.ant --native on > with 2> err
cmp without with
grep -q '^perforin: native: ' err || { echo "FAIL: nobody said that there is no native code"; exit 1; }
each "exact runs" net.ant -d 8 -n 16 --stochastic --runs 41 --runs-out more.csv --seed 5
each "leaping runs" net.ant -d 8 -n 16 --stochastic --method tau --runs 41 --runs-out more.csv --seed 6
