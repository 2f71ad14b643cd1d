#!/usr/bin/env python3
"""Includes point down: base < input < model < solve < patient < product < trial < {store, report} < api < cli.

The command line sees include/perforin/perforin.h and its own folder only. Prints what is wrong; exit code 1 then.
"""
import pathlib
import re
import sys

ORDER = {"base": 0, "input": 1, "model": 2, "solve": 3, "patient": 4, "product": 5, "trial": 6, "store": 7,
         "report": 7, "api": 8, "cli": 9}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def problems(root):
    for path in sorted((root / "src").rglob("*.[ch]")):
        layer = path.relative_to(root / "src").parts[0]
        if layer not in ORDER:
            yield f"{path.relative_to(root)}: the folder '{layer}' has no place in the order"
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            target = match.group(1).split("/")[0]
            where = f"{path.relative_to(root)}:{number}"
            if target == "perforin":
                if layer not in ("api", "cli"):
                    yield f"{where}: only api and cli include perforin.h"
            elif layer == "cli" and target != "cli":
                yield f"{where}: cli sees perforin.h only, not {match.group(1)}"
            elif target not in ORDER:
                yield f"{where}: \"{match.group(1)}\" is no layer; write the path from src/"
            elif target != layer and ORDER[target] >= ORDER[layer]:
                yield f"{where}: {layer} must not include {match.group(1)}"


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    found = list(problems(root))
    for line in found:
        print(line)
    files = len(list((root / "src").rglob("*.[ch]")))
    print(f"layers: {files} files, {len(found)} upward includes")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
