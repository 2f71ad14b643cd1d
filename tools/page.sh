#!/usr/bin/env bash
# The viewer of the page. usage: page.sh ready | build | write | check
#   ready  its libraries are there, as package-lock.json says; else npm fetches them
#   build  viewer/dist/page.html          write  and it becomes src/report/page.html
#   check  types, unit tests, and a rebuild must give the committed src/report/page.html
set -euo pipefail
cd "$(dirname "$0")/.."
page=src/report/page.html

ready() {
    command -v node > /dev/null && command -v npm > /dev/null || { echo "page: node and npm are missing (tools/need.sh page)" >&2; exit 77; }
    # What is there is kept when all its versions are those of the lock.
    node -e 'const read = (f) => JSON.parse(require("fs").readFileSync(f)).packages, lock = read("viewer/package-lock.json"), here = read("viewer/node_modules/.package-lock.json");
        process.exit(Object.entries(lock).every(([k, p]) => !k || (here[k] ? here[k].version === p.version : p.optional)) ? 0 : 1)' 2> /dev/null && return
    echo "page: npm ci"
    npm ci --prefix viewer --no-audit --no-fund || { echo "page: npm could not fetch the viewer's libraries" >&2; exit 77; }
}
build() {
    ready
    (cd viewer && npx --no-install vite build --logLevel warn)
}

case ${1:-} in
ready) ready ;;
build) build ;;
write)
    build
    cp viewer/dist/page.html $page
    echo "$page: $(wc -c < $page) bytes"
    ;;
check)
    ready
    (cd viewer && npx --no-install tsc --noEmit && npx --no-install vitest run)
    build
    cmp viewer/dist/page.html $page || { echo "page: $page is not what viewer/ gives: make page, and commit it" >&2; exit 1; }
    echo "page: a rebuild gives the committed template"
    ;;
*)
    echo "usage: page.sh ready | build | write | check" >&2
    exit 2
    ;;
esac
