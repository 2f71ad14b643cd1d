#!/usr/bin/env bash
# Ctrl-C in a simulation ends it at once with code 3, and nothing half-written stays.
# usage: simulate_stop.sh PERFORIN
set -uo pipefail
perforin=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf 'model net()\n  species A, B; A = 20; B = 0; k = 1;\n  A -> B; k*A; B -> A; k*B;\nend\n' > "$work/net.ant"
printf 'model long()\n  x = 1; y = 0; x'"'"' = 1e3*y; y'"'"' = -1e3*x;\nend\n' > "$work/long.ant"

# stopped NAME options of simulate ...: the signal comes after half a second.
stopped() {
    local name=$1
    shift
    timeout --foreground -k 20 -s INT 0.5 "$perforin" simulate "$@" > "$work/out" 2> "$work/err"
    # timeout says 124 when it had to send the signal, 137 when nobody listened to it
    [ $? = 124 ] || { echo "FAIL: $name did not stop"; cat "$work/err"; exit 1; }
    grep -q '^stopped; nothing was written$' "$work/err" || { echo "FAIL: $name: no word of it"; cat "$work/err"; exit 1; }
    [ ! -s "$work/out" ] || { echo "FAIL: $name wrote half a table"; exit 1; }
    ls "$work" | grep -v -e '^net.ant$' -e '^long.ant$' -e '^people.csv$' -e '^out$' -e '^err$' && { echo "FAIL: $name left a file"; exit 1; }
    return 0
}
stopped runs "$work/net.ant" --stochastic --runs 100000000 -o "$work/mean.csv" --runs-out "$work/runs.csv"
(echo ID && seq 2000) > "$work/people.csv"
stopped equations "$work/long.ant" -d 200 --patients "$work/people.csv" -o "$work/long.csv"
echo "stopped simulations leave nothing behind"
