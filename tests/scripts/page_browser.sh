#!/usr/bin/env bash
# The page in Chromium (viewer/tests/browser). 77, and the reason, where a program is missing.
# usage: page_browser.sh PERFORIN [options of viewer/tests/browser/run.mjs]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
skip() {
    echo "skipped: $1"
    exit 77
}
command -v node > /dev/null || skip "node is missing (tools/need.sh page)"
[ "$(node -p 'Number(process.versions.node.split(".")[0])')" -ge 18 ] || skip "node is older than version 18"
[ -e "$root/viewer/node_modules/playwright-core" ] || skip "viewer/node_modules is missing (tools/page.sh ready)"
[ -n "${CHROMIUM:-}" ] || command -v chromium > /dev/null || command -v chromium-browser > /dev/null || skip "chromium is missing (tools/need.sh page)"
exec node "$root/viewer/tests/browser/run.mjs" "$@"
