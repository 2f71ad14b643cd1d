#!/usr/bin/env python3
"""Check evidence/systems.csv: every system is something that Perforin does, or says why not.

    python3 tools/check_systems.py [ROOT]

Checked: every row has a known kind and a command; a row that is out of scope has a reason, and no other row may be; every
path is of a kind of file that answers a system; every id that a study or a tissue file names is a row; each of them that a row points to names
the row; every path exists.
Needs nothing but Python.
"""
import csv
import glob
import os
import re
import sys

KINDS = {"study", "ablation", "product", "specification", "population", "claim", "out-of-scope"}
COLUMNS = ["kind", "study", "command", "reason"]
FOLDERS = ("studies/", "tissue/", "products/", "evidence/populations/")
OUT_OF_SCOPE = ("marketing", "prices", "stem-cell claims outside cancer")


def systems_of(path):
    """The ids under `systems:` of a study: a list in brackets, perhaps over several lines, or one name."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"#.*", "", file.read())
    found = re.search(r"^systems:\s*(\[[^\]]*\]|\S+)", text, re.M)
    return re.findall(r"[\w-]+", found.group(1)) if found else []


def check_row(root, row, named, problems):
    where = f"evidence/systems.csv: {row['id']}"
    paths = [p for p in row["study"].split("; ") if p]
    if row["kind"] not in KINDS:
        problems.append(f"{where}: kind {row['kind']!r} is none of {', '.join(sorted(KINDS))}")
    if row["kind"] == "out-of-scope":
        if paths or row["command"]:
            problems.append(f"{where}: out of scope, but it has a study or a command")
        if not row["reason"].startswith(OUT_OF_SCOPE):
            problems.append(f"{where}: out of scope only for {', '.join(OUT_OF_SCOPE)}; the reason must begin so")
        return
    if not paths or not row["command"].startswith("perforin "):
        problems.append(f"{where}: needs a study (a lot, a specification, a population) and the command that runs it")
    for path in paths:
        if not path.startswith(FOLDERS) or not path.endswith(".yaml"):
            problems.append(f"{where}: {path} is no YAML file under {', '.join(FOLDERS)}")
        elif not os.path.exists(os.path.join(root, path)):
            problems.append(f"{where}: there is no {path}")
        elif path.startswith(("studies/", "tissue/")) and row["id"] not in named[path]:
            problems.append(f"{path}: its systems: do not name {row['id']}, whose row points here")


def main(root):
    problems = []
    with open(os.path.join(root, "evidence", "systems.csv"), newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ids = {row["id"] for row in rows}
    studies = [path for folder in ("studies", "tissue")
               for path in sorted(glob.glob(os.path.join(root, folder, "**", "*.yaml"), recursive=True))]
    named = {os.path.relpath(path, root): systems_of(path) for path in studies}
    for path, systems in named.items():
        problems += [f"{path}: there is no system {s}" for s in systems if s not in ids]
    for row in rows:
        check_row(root, row, named, problems)
    for problem in problems:
        print(problem)
    print(f"{len(rows)} systems, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..")))
