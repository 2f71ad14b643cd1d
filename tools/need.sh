#!/usr/bin/env bash
# Install the Debian packages that are missing, and only those. usage: need.sh build|check|oracles|page
set -euo pipefail

# package: what for
build="gcc:compiler make:make cmake:build ninja-build:build pkg-config:finds_libraries libc6-dev:C_library
libyaml-dev:reads_studies libsbml5-dev:reads_models_in_SBML libudunits2-dev:units zlib1g-dev:films_and_pictures libhdf5-dev:snapshots_for_AnnData libcmocka-dev:unit_tests"
check="$build python3:checks clang-format:format git:list_of_files"
oracles="$check r-base-core:statistics_to_agree_with r-cran-survival:the_same python3-yaml:a_second_reader_of_studies libmpfr-dev:exact_functions"
# The page is built and looked at with these; Perforin itself needs none of them.
page="nodejs:builds_the_viewer npm:its_libraries chromium:opens_pages fonts-noto-cjk:Chinese_pages poppler-utils:reads_printed_pages"

case ${1:-} in
build) list=$build ;;
check) list=$check ;;
oracles) list=$oracles ;;
page) list=$page ;;
*) echo "usage: need.sh build|check|oracles|page" >&2; exit 2 ;;
esac

missing=() reasons=()
for entry in $list; do
    package=${entry%%:*}
    dpkg-query -W -f '${Status}' "$package" 2> /dev/null | grep -q 'ok installed' && continue
    # Another version of the tool may stand in for the package.
    case $package in
    gcc | make | cmake | pkg-config | python3 | clang-format | git) command -v "$package" > /dev/null && continue ;;
    ninja-build) command -v ninja > /dev/null && continue ;;
    nodejs) command -v node > /dev/null && continue ;;
    npm | chromium) command -v "$package" > /dev/null && continue ;;
    esac
    missing+=("$package")
    reasons+=("$package (${entry#*:})")
done
[ ${#missing[@]} = 0 ] && exit 0

echo "Perforin needs these Debian packages, which are missing: ${reasons[*]//_/ }"
run=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo > /dev/null || { echo "Please install them as root: apt-get install ${missing[*]}" >&2; exit 1; }
    run=(sudo)
fi
command -v apt-get > /dev/null || { echo "There is no apt-get here; please install them in your system's way" >&2; exit 1; }
echo "installing with: ${run[*]} apt-get install ${missing[*]}"
"${run[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
echo "installed"
