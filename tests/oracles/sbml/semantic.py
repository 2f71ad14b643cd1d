#!/usr/bin/env python3
"""The semantic cases of the SBML Test Suite through `perforin simulate`.

usage: semantic.py PERFORIN SUITE [--known CSV] [--least N] [--only CASE,...] [--jobs N] [--write CSV]

SUITE is a folder with one folder for each case: model.xml, settings.txt, results.csv. A case passes when every value is within
absolute + relative * |expected| of results.csv. A case that does not pass is `refused` (the command said why) or `wrong`. Exit
code 1 when a case fails that is not in the list of known failures (columns case, kind, reason), when a known one passes or
fails in another way, or when fewer than N pass; 77 (skipped) when SUITE is not there.
"""
import argparse
import collections
import concurrent.futures
import csv
import math
import os
import pathlib
import re
import subprocess
import sys

TIMEOUT_S = 120


def read_settings(path):
    settings = {}
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        key, colon, value = line.partition(":")
        if colon:
            settings[key.strip()] = value.strip()
    return settings


def names(text):
    return [name.strip() for name in text.split(",") if name.strip()]


def not_species(path):
    """The suite's lists of amounts and concentrations also name compartments and parameters."""
    return set(re.findall(r"<(?:compartment|parameter)\b[^>]*?\sid=\"([^\"]*)\"", path.read_text(encoding="utf-8-sig")))


def command(perforin, case, settings):
    """The tolerances of the integration lie far below those of the case."""
    absolute, relative = float(settings["absolute"]), float(settings["relative"])
    variables = names(settings["variables"])
    # a case of flux balance analysis has no times; what is said about its model counts
    line = [perforin, "simulate", str(case / "model.xml"), "--start", settings["start"] or "0",
            "--duration", settings["duration"] or "1", "--steps", settings["steps"] or "1", "--variables", ",".join(variables), "--rtol", repr(min(1e-8, relative * 1e-4)), "--atol", repr(min(1e-10, absolute * 1e-4))]
    others = not_species(case / "model.xml")
    for option in ("amount", "concentration"):
        wanted = [name for name in names(settings.get(option, "")) if name in variables and name not in others]
        if wanted:
            line += ["--" + option, ",".join(wanted)]
    return line, variables, absolute, relative


def number(text):
    text = text.strip()
    return math.nan if not text else float(text.replace("INF", "inf"))


def table(text):
    rows = list(csv.reader(text.splitlines()))
    return [cell.strip() for cell in rows[0]], [[number(cell) for cell in row] for row in rows[1:] if row]


def same(found, expected, absolute, relative):
    """An empty field of ours stands for every number that is not finite."""
    if not math.isfinite(expected):
        return not math.isfinite(found)
    return abs(found - expected) <= absolute + relative * abs(expected)


def compare(found_text, expected_text, variables, absolute, relative):
    """None, or the first difference in words."""
    head, found = table(found_text)
    expected_head, expected = table(expected_text)
    if len(found) != len(expected):
        return f"{len(found)} rows, not {len(expected)}"
    for name in variables:
        # ours bears the name as asked, or as an amount or a concentration of it
        ours = [i for i, column in enumerate(head) if i and column in (name, "{%s}" % name, "[%s]" % name)]
        if not ours or name not in expected_head[1:]:
            return f"no column {name}"
        theirs = expected_head.index(name, 1)
        for row, want in zip(found, expected):
            if not same(row[ours[0]], want[theirs], absolute, relative):
                return f"{name} = {row[ours[0]]:.9g} at {want[0]:g}, not {want[theirs]:.9g}"
    return None


def sentence(text):
    """The command's sentence without the place it names."""
    text = (text.strip().splitlines() or ["no sentence"])[-1]
    text = re.sub(r"^perforin: ", "", text)
    return re.sub(r"^(\S*model\.xml)(:\d+:\d+)?: ", "", text)


def run(perforin, case):
    """(kind, detail): passed, refused or wrong."""
    line, variables, absolute, relative = command(perforin, case, read_settings(case / "settings.txt"))
    try:
        done = subprocess.run(line, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        return "wrong", f"not done after {TIMEOUT_S} s"
    if done.returncode < 0:
        return "wrong", f"killed by signal {-done.returncode}"
    if done.returncode:
        return "refused", sentence(done.stderr)
    difference = compare(done.stdout, (case / "results.csv").read_text(encoding="utf-8-sig"), variables, absolute, relative)
    return ("wrong", difference) if difference else ("passed", "")


def reason_class(kind, detail):
    return kind + ": " + ("values differ" if kind == "wrong" and " = " in detail else re.sub(r"'[^']*'", "'...'", detail))


def read_known(path):
    if not path:
        return {}
    with open(path, encoding="utf-8", newline="") as file:
        return {row["case"]: row["kind"] for row in csv.DictReader(file)}


def report(results, known, least):
    """Print totals and reasons; the number of surprises."""
    count = collections.Counter(kind for kind, _ in results.values())
    print(f"{count['passed']} of {len(results)} passed, {count['refused']} refused, {count['wrong']} wrong")
    classes = collections.defaultdict(list)
    for case, (kind, detail) in sorted(results.items()):
        if kind != "passed":
            classes[reason_class(kind, detail)].append(case)
    for reason, cases in sorted(classes.items(), key=lambda entry: -len(entry[1])):
        print(f"{len(cases):5d}  {reason}\n       {' '.join(cases[:12])}{' ...' if len(cases) > 12 else ''}")
    surprises = 0
    for case, (kind, detail) in sorted(results.items()):
        expected = known.get(case, "passed")
        if kind == expected:
            continue
        surprises += 1
        print(f"case {case} should have {expected}, but is {kind} {detail}")
    if count["passed"] < least:
        surprises += 1
        print(f"fewer than {least} cases passed")
    return surprises


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("perforin")
    parser.add_argument("suite", type=pathlib.Path)
    parser.add_argument("--known")
    parser.add_argument("--least", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--write", help="a CSV file for case, kind, detail")
    options = parser.parse_args()
    if not options.suite.is_dir():
        print(f"skipped: the SBML Test Suite's cases are not at {options.suite}")
        return 77
    only = names(options.only)
    cases = [case for case in sorted(options.suite.iterdir()) if case.is_dir() and (not only or case.name in only)]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        results = dict(zip((case.name for case in cases), pool.map(lambda case: run(options.perforin, case), cases)))
    if options.write:
        with open(options.write, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([case, *result] for case, result in sorted(results.items()))
    known = {case: kind for case, kind in read_known(options.known).items() if case in results}
    return 1 if report(results, known, options.least if not only else 0) else 0


if __name__ == "__main__":
    sys.exit(main())
