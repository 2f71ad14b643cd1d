#!/bin/sh
# perforin tissue study: a tiny file and its variant, exit codes, what is kept and what is refused.
set -eu
perforin=$1
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
cat > tiny.yaml <<END
tissue: tiny
question: Who is left?
domain: {size: [100, 100, 100] um}
steps: {field: 0.1 min}
duration: 6 min
output: {every: 3 min}
substances: [{name: oxygen, unit: mmHg, diffusion: 1e4 um2/min, initial: 38 mmHg}]
cells:
  - {name: tumour, death: {apoptosis: 2 1/hour}}
place:
  - {cells: tumour, shape: ball, radius: 30 um, packed: yes}
outcomes:
  - {name: alive, title: Living cells, kind: alive, cells: tumour}
variants:
  - {name: deathless, set: {cells.tumour.death.apoptosis: 0 1/hour}}
figure: {outcome: alive, sentence: Cells that are left.}
replicates: 2
END
fails() { # fails CODE WORDS COMMAND...: the command ends with that code and says these words
    code=$1 words=$2
    shift 2
    got=0
    "$@" > out 2> err || got=$?
    [ "$got" = "$code" ] || { echo "'$*' ended with $got, not $code"; cat err; exit 1; }
    grep -q -e "$words" out err || { echo "'$*' does not say '$words':"; cat out err; exit 1; }
}
fails 0 "Living cells" "$perforin" tissue study tiny.yaml -j 1
for run in base-1 base-2 deathless-1 deathless-2; do
    test -f runs/tiny-study/$run/outcomes.csv
    grep -q '"state": "complete"' runs/tiny-study/$run/manifest.json
done
test "$(wc -l < runs/tiny-study/answers.csv)" = 5
grep -q '"variant": "deathless"' runs/tiny-study/answers.json
test -f runs/tiny-study/report.html
cp runs/tiny-study/answers.csv kept.csv
fails 2 "\-\-resume goes on" "$perforin" tissue study tiny.yaml -j 1
fails 0 "4 of them kept" "$perforin" tissue study tiny.yaml -j 1 --resume
cmp kept.csv runs/tiny-study/answers.csv
fails 0 "done      6 runs" "$perforin" tissue study tiny.yaml -j 2 -n 3 --force
fails 2 "did you mean 'deathless'" "$perforin" tissue run tiny.yaml --variant deatless
fails 0 "6 of 6 min" "$perforin" tissue run tiny.yaml --variant deathless --out alone -j 1
cmp alone/cells.csv runs/tiny-study/deathless-1/cells.csv
fails 2 "all variants" "$perforin" tissue study tiny.yaml --variant deathless
fails 2 "between 1 and 1000" "$perforin" tissue study tiny.yaml -n 0
echo "tissue study: runs, answers, resume, refusals"
