#!/usr/bin/env bash
# perforin.h, alone, is good C11 and good C++. 77, and the reason, without a C++ compiler.
set -euo pipefail
include=$(cd "$(dirname "$0")/../.." && pwd)/include
check() { echo '#include "perforin/perforin.h"' | "$@" -Wall -Wextra -Werror -fsyntax-only -I "$include" -; }
check "${CC:-cc}" -std=c11 -x c
command -v "${CXX:-c++}" > /dev/null || { echo "skipped: no C++ compiler"; exit 77; }
check "${CXX:-c++}" -std=c++17 -x c++
echo "perforin.h: C11 and C++17"
