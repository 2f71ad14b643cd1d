#!/usr/bin/env bash
# A table of lots is there whole or not at all, whenever the command is killed; an older one stays until then.
# usage: lot_kill.sh PERFORIN
set -euo pipefail
perforin=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root"
lot=products/lots/axi-cel.yaml
"$perforin" lot $lot -n 5 -o "$work/old.csv" > "$work/log" 2>&1
"$perforin" lot $lot -n 20000 -o "$work/whole.csv" > "$work/log" 2>&1
cp "$work/old.csv" "$work/lots.csv"
killed=0 old=0 new=0
for i in $(seq 1 12); do
    "$perforin" lot $lot -n 20000 -o "$work/lots.csv" > "$work/log" 2>&1 &
    pid=$!
    sleep "0.$(printf %02d $((i * 8 % 100)))"
    kill -9 $pid 2> "$work/log" && killed=$((killed + 1)) || true
    wait $pid 2> "$work/log" || true
    if cmp -s "$work/lots.csv" "$work/old.csv"; then
        old=$((old + 1))
    elif cmp -s "$work/lots.csv" "$work/whole.csv"; then
        new=$((new + 1))
        cp "$work/old.csv" "$work/lots.csv"
    else
        echo "half a table after kill $i: $(wc -c < "$work/lots.csv") bytes" >&2
        exit 1
    fi
done
[ "$killed" -gt 0 ] && [ "$old" -gt 0 ]
echo "killed $killed times: $old times the old table, $new times the new one, never half of one"
