#!/usr/bin/env bash
# The Python environment of the independent solvers (requirements.txt), made on first use in build/oracles-venv, or where
# PF_ORACLES_VENV says (a folder that several checkouts may share).
#   venv.sh make              make it if it is not there, or was made from another list of versions
#   venv.sh python            print its interpreter, make nothing; exit 77 with a sentence when it is not there
#   venv.sh run SCRIPT ...    run a script with it, make nothing; exit 77 with a sentence when it is not there
#   venv.sh any SCRIPT ...    run a script with it, or with the system's Python where it is not there
# 77 is what CTest counts as skipped (SKIP_RETURN_CODE).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
venv=${PF_ORACLES_VENV:-$root/build/oracles-venv}
list=$here/requirements.txt

ready() { cmp -s "$list" "$venv/made-from.txt"; }

make_it() {
    ready && return
    mkdir -p "$(dirname "$venv")"
    exec 9> "$venv.lock"
    command -v flock > /dev/null && flock 9 # another build may be making it
    ready && return
    echo "making $venv (about 1.3 GB: ${list##*/})" >&2
    rm -f "$venv/made-from.txt"
    python3 -m venv "$venv" || { echo "python3 has no venv module: apt-get install python3-venv" >&2; return 1; }
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$list" >&2 || {
        echo "the packages of $list could not be installed (no network?)" >&2
        return 1
    }
    cp "$list" "$venv/made-from.txt" # last: an interrupted installation is not taken for a whole one
}

need() {
    ready && return
    echo "skipped: there are no independent solvers in $venv; 'make oracles' installs them"
    exit 77
}

case ${1:-} in
make) make_it ;;
python) need >&2; echo "$venv/bin/python" ;;
run) shift; need; exec "$venv/bin/python" "$@" ;;
any) shift; ready && exec "$venv/bin/python" "$@"; exec python3 "$@" ;;
*) echo "usage: venv.sh make | python | run SCRIPT ... | any SCRIPT ..." >&2; exit 2 ;;
esac
