#!/usr/bin/env bash
# The viewers of the pages. usage: page.sh ready | build | write | check
#   ready  their libraries are there, as package-lock.json says; else npm fetches them
#   build  viewer/dist/page.html (of a trial) and tissue.html    write  and they become src/report/page.html and tissue.html
#   check  types, unit tests, and a rebuild must give the committed templates; fetches nothing
# 77, and the reason, where Node.js or the libraries are missing.
set -euo pipefail
cd "$(dirname "$0")/.."
pages=(page.html tissue.html)

tools() { command -v node > /dev/null && command -v npm > /dev/null || { echo "skipped: node and npm are missing (tools/need.sh page)"; exit 77; }; }
# Are all libraries there, in the versions of the lock?
have() {
    node -e 'const read = (f) => JSON.parse(require("fs").readFileSync(f)).packages, lock = read("viewer/package-lock.json"), here = read("viewer/node_modules/.package-lock.json");
        process.exit(Object.entries(lock).every(([k, p]) => !k || (here[k] ? here[k].version === p.version : p.optional)) ? 0 : 1)' 2> /dev/null
}
ready() {
    tools
    have && return
    echo "page: npm fetches the viewer's libraries"
    # The lock names the compilers of Linux alone, with which some versions of `npm ci` take it for incomplete; `install` uses it as it is.
    npm ci --prefix viewer --no-audit --no-fund > /dev/null 2>&1 || npm install --prefix viewer --no-save --no-audit --no-fund || true
    have || { echo "skipped: npm could not fetch the viewer's libraries"; exit 77; }
}
build() {
    (cd viewer && npx --no-install vite build --logLevel warn && npx --no-install vite build --mode tissue --logLevel warn)
}

case ${1:-} in
ready) ready ;;
build)
    ready
    build
    ;;
write)
    ready
    build
    for page in "${pages[@]}"; do
        cp "viewer/dist/$page" "src/report/$page"
        echo "src/report/$page: $(wc -c < "src/report/$page") bytes"
    done
    ;;
check)
    tools
    have || { echo "skipped: viewer/node_modules is not what package-lock.json says (tools/page.sh ready)"; exit 77; }
    (cd viewer && npx --no-install tsc --noEmit && npx --no-install vitest run)
    build
    for page in "${pages[@]}"; do
        cmp "viewer/dist/$page" "src/report/$page" || { echo "page: src/report/$page is not what viewer/ gives: make page, and commit it" >&2; exit 1; }
    done
    echo "page: a rebuild gives the committed templates"
    ;;
*)
    echo "usage: page.sh ready | build | write | check" >&2
    exit 2
    ;;
esac
