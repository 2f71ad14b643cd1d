#!/usr/bin/env bash
# A tissue run that is stopped, twice begun, out of room: what it says, what it keeps, and that it goes on.
# usage: tissue_stop.sh PERFORIN TISSUE
set -uo pipefail
perforin=$(realpath "$1") tissue=$(realpath "$2")
[ -w /dev/shm ] && export TMPDIR=/dev/shm # where fsync takes no time
work=$(mktemp -d)
mounted=
trap '[ -n "$mounted" ] && umount "$work/small"; rm -rf "$work"' EXIT
PATH=$(dirname "$perforin"):$PATH # the commands that it prints are run as they are printed
cd "$work" || exit 1
checks=0

fail() { echo "FAIL: $1"; cat "$work/err"; exit 1; }
says() { grep -q -e "$2" "$work/err" || fail "$1: it does not say '$2'"; checks=$((checks + 1)); }
# expect NAME CODE PATTERN command ...
expect() {
    local name=$1 code=$2 pattern=$3
    shift 3
    "$@" > out 2> err
    local got=$?
    [ $got = "$code" ] || fail "$name: exit code $got instead of $code"
    says "$name" "$pattern"
}
strip() { rm -rf "$1.bare" && cp -r "$1" "$1.bare" && rm -f "$1.bare/log.jsonl" && sed -i '/"machine"/,$d' "$1.bare/manifest.json"; }
same() {
    strip "$1"
    diff -r whole.bare "$1.bare" > differs || { cat differs; fail "$2: the folder differs"; }
    checks=$((checks + 1))
}
# Begin in the background and wait for a checkpoint. begin FOLDER [options]
begin() {
    local to=$1
    shift
    perforin tissue run "$tissue" -j 1 --out "$to" "$@" > out 2> err &
    pid=$!
    for _ in $(seq 300); do [ -e "$to/checkpoint.bin" ] && return; sleep 0.01; done
    fail "no checkpoint came"
}

perforin tissue run "$tissue" -q -j 1 --out whole || fail "a plain run"
strip whole

# A signal: a checkpoint, exit 3, and the command that goes on, which show repeats.
for signal in INT TERM; do
    begin "a $signal"
    kill -$signal $pid
    wait $pid
    code=$?
    [ $code = 3 ] || fail "SIG$signal ended with $code"
    says "SIG$signal" "resume    perforin tissue run --resume --out 'a $signal'"
    resume=$(sed -n 's/^resume    //p' err)
    grep -q '"state": "stopped"' "a $signal/manifest.json" || fail "SIG$signal: the manifest"
    [ -e "a $signal/counts.csv" ] && fail "SIG$signal: a table looks finished"
    perforin show "a $signal" > out 2> err && fail "show of a stopped run ended with 0"
    grep -q "resume    $resume" out || fail "show does not say how to go on"
    perforin show --json "a $signal" > out 2> err
    grep -q '"resume": "perforin' out || fail "show --json does not say how to go on"
    expect "begun again" 2 "--resume continues it" perforin tissue run "$tissue" --out "a $signal"
    eval "$resume -q" > out 2> err || fail "SIG$signal: resume"
    same "a $signal" "SIG$signal"
done
expect "nothing left" 0 "complete already" perforin tissue run --resume --out "a TERM"
expect "no run there" 2 "no run of a tissue" perforin tissue run --resume --out nowhere
expect "no file" 2 "needs a FILE" perforin tissue run --out nowhere
expect "both" 2 "exclude each other" perforin tissue run "$tissue" --resume --force

# Two programs in one folder.
begin two
kill -STOP $pid
mv err first
expect "two programs" 1 "another run is writing" perforin tissue run "$tissue" --resume --out two
expect "two programs without --resume" 1 "another run is writing" perforin tissue run "$tissue" --out two
perforin show two > out 2> err
grep -q "running: another program" out || fail "show of a running run"
grep -q "resume" out && fail "show of a running run says how to go on"
kill -CONT $pid
# Two signals: the second ends it at once, and the last checkpoint stands.
kill -INT $pid
kill -INT $pid
wait $pid
code=$?
case $code in 0 | 3 | 130) ;; *) fail "two signals ended with $code" ;; esac
perforin tissue run --resume -q --out two || fail "two signals: resume"
same two "two signals"

# A file of its own: rules and positions come along, so the folder alone goes on.
mkdir -p far/tables
{ echo 'cell type,signal,direction,behaviour,saturation value,half-max,Hill power,applies to dead'
  echo 'tumour,pressure,decreases,cycle entry,0,1,2,no'; } > far/rules.csv
{ echo x_um,y_um,z_um; echo -100,-100,-100; } > far/tables/more.csv
{ sed 's/^tissue: .*/tissue: far\nrules: rules.csv/' "$tissue"
  echo '  - {cells: NK, shape: list, file: tables/more.csv}'; } > far/far.yaml
perforin tissue run far/far.yaml -q -j 1 --out far/whole || fail "a tissue with tables"
tissue=far/far.yaml begin far/part
kill -TERM $pid
wait $pid
rm far/far.yaml far/rules.csv far/tables/more.csv
eval "$(sed -n 's/^resume    //p' err) -q" > out 2> err || fail "the folder alone: resume"
for name in whole part; do strip far/$name; done
diff -r far/whole.bare far/part.bare || fail "the folder alone: it differs"

# Files may not grow beyond 40 kB: what a quota looks like. The last checkpoint stays.
(ulimit -f 80 && perforin tissue run "$tissue" -q -j 1 --out quota) > out 2> err
[ $? = 1 ] || fail "a limit on sizes: exit code"
says "a limit on sizes" 'File too large'
perforin tissue run "$tissue" --resume -q -j 1 --out quota > out 2> err || fail "a limit on sizes: resume"
same quota "a limit on sizes"

# A disk that ends at many places in turn; with room the run goes on to the same bytes.
if [ "$(id -u)" = 0 ] && mkdir small && mount -t tmpfs -o size=64k none small 2> mount.log; then
    mounted=yes
    ended= resumed=0
    for size in 8 60 130 230 330 430 530 700 2000 4000; do
        rm -rf small/run && mount -o remount,size=${size}k small || fail "remount"
        perforin tissue run "$tissue" -q -j 1 --out small/run > out 2> err
        code=$?
        [ $code = 0 ] && break
        [ $code = 1 ] || fail "disk of $size kB: exit code $code"
        says "disk of $size kB" 'No space left'
        ended+=" $(sed -n "s/.*cannot [a-z ]* '.*\/\([^/]*\)': No space.*/\1/p" err)"
        find small -name '*.part' | grep . && fail "disk of $size kB: a temporary file was left"
        [ -e small/run/cells.csv ] && fail "disk of $size kB: a table looks finished"
        grep -q '"state": "complete"' small/run/manifest.json 2> grep.log && fail "disk of $size kB: half a run is complete"
        grep -q 'checkpoint is kept: perforin tissue run --resume' err && resumed=$((resumed + 1))
        mount -o remount,size=16m small
        perforin tissue run "$tissue" -q -j 1 --resume --out small/run > out 2> err || fail "disk of $size kB: resume"
        cp -r small/run disk && same disk "disk of $size kB"
        rm -rf disk disk.bare
    done
    [ $code = 0 ] || fail "the disk was never large enough"
    [ $resumed -gt 0 ] || fail "a full disk kept no checkpoint: $ended"
    echo "disks ended at:$ended"
else
    echo "skip: a full disk needs the right to mount"
fi
echo "stops: $checks situations end with the right code, sentence and bytes"
