#!/usr/bin/env bash
# CVODE of SUNDIALS as a yardstick, built from Debian's own source with optimisation: the package of the
# binary runs at the speed of an unoptimised build. Leaves libraries and headers in build/cvode.
# Needs apt's source packages, cmake and a C compiler; says so and ends with 77 when it cannot have them.
# usage: bench/cvode.sh
set -euo pipefail
cd "$(dirname "$0")/.."
to=$PWD/build/cvode
[ -f "$to/lib/libsundials_cvode.a" ] && exit 0
skip() { echo "CVODE is skipped: $1"; exit 77; }
command -v apt-get > /dev/null || skip "there is no apt-get to fetch its source with"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir -p "$work/lists/partial" "$work/parts"
# The system's own list of package sources, asked for source code.
sed 's/^deb /deb-src /' /etc/apt/sources.list > "$work/sources.list" 2> /dev/null || : > "$work/sources.list"
for file in /etc/apt/sources.list.d/debian*.sources; do
    [ -f "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" > "$work/parts/$(basename "$file")"
done
apt="-o Dir::Etc::sourcelist=$work/sources.list -o Dir::Etc::sourceparts=$work/parts -o Dir::State::Lists=$work/lists"
cd "$work"
# shellcheck disable=SC2086
apt-get $apt update -qq > /dev/null 2>&1 || skip "the list of sources cannot be read"
# shellcheck disable=SC2086
apt-get $apt source --download-only sundials > /dev/null 2>&1 || skip "its source cannot be fetched"
mkdir source
tar -xf sundials_*.orig.tar.* -C source --strip-components=1
flags='-O3 -march=native'
cmake -S source -B build -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE="$flags" -DCMAKE_INSTALL_PREFIX="$to" \
    -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=OFF -DBUILD_ARKODE=OFF -DBUILD_CVODES=OFF -DBUILD_IDA=OFF -DBUILD_IDAS=OFF -DBUILD_KINSOL=OFF \
    -DEXAMPLES_ENABLE_C=OFF -DEXAMPLES_INSTALL=OFF > log 2>&1 || { tail -5 log; skip "its build could not be set up"; }
cmake --build build -j "$(nproc)" --target install > log 2>&1 || { tail -5 log; skip "it did not build"; }
echo "CVODE $(grep -ho 'SUNDIALS_VERSION "[^"]*"' "$to"/include/sundials/sundials_config.h | cut -d'"' -f2) built with $flags in build/cvode"
