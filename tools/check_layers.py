#!/usr/bin/env python3
"""Includes point down: base < {draw, input} < model < solve < {tissue, patient} < product < trial < {store, report} < api < cli.

The command line sees include/perforin/perforin.h and its own folder only. In viewer/src: top level (data, columns, words, format,
model, state, select) and stats < score < ui < figures < {sections, compare, tissue} < app, main. Prints what is wrong; exit code 1 then.
"""
import pathlib
import re
import sys

ORDER = {"base": 0, "draw": 1, "input": 1, "model": 2, "solve": 3, "tissue": 4, "patient": 4, "product": 5, "trial": 6, "store": 7,
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


VIEWER = {"stats": 1, "score": 2, "ui": 3, "figures": 4, "sections": 5, "compare": 5, "tissue": 5}
IMPORT = re.compile(r'from\s+"(\.[^"]+)"')


def viewer_problems(root):
    source = root / "viewer/src"
    for path in sorted(source.rglob("*.ts*")):
        own = path.relative_to(source).parts
        if own in (("app.tsx",), ("main.tsx",)):
            continue
        rank = VIEWER.get(own[0], 0) if len(own) > 1 else 0
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = IMPORT.search(line)
            if not match or "import type" in line:
                continue
            target = (path.parent / match.group(1)).resolve().relative_to(source.resolve()).parts
            folder = target[0] if target[0] in VIEWER else ""
            if folder != own[0] and VIEWER.get(folder, 0) >= max(rank, 1):
                yield f"{path.relative_to(root)}:{number}: {'/'.join(own[:-1]) or 'the top level'} must not import {'/'.join(target)}"


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    found = [*problems(root), *viewer_problems(root)]
    for line in found:
        print(line)
    files = len(list((root / "src").rglob("*.[ch]")))
    print(f"layers: {files} files, {len(found)} upward includes")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
