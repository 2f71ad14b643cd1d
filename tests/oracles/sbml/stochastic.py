#!/usr/bin/env python3
"""The stochastic cases of the SBML Test Suite through `perforin simulate --stochastic`.

usage: stochastic.py PERFORIN SUITE [--runs N] [--seed S] [--least N] [--only CASE,...] [--jobs N]

SUITE is a folder with one folder for each case: model.xml, settings.txt, results.csv. With n runs, at every time but those where
the expected deviation is 0, Z = sqrt(n) (mean - expected)/sd must lie in meanRange and Y = sqrt(n/2) (variance/expected
variance - 1) in sdRange; a case passes with at most 3 misses for each mean and 5 for each deviation (Evans, Gillespie, Wilkinson
2008, doi 10.1093/bioinformatics/btm566). Where no deviation is expected the mean must be met to 1e-6. A column ln(X) is of the
runs' logarithms. Exit code 1 when fewer than --least cases pass; 77 (skipped) when SUITE is not there.
"""
import argparse
import csv
import math
import pathlib
import re
import subprocess
import sys
import tempfile
import time

MISSES = {"mean": 3, "sd": 5}


def read_settings(path):
    pairs = (line.partition(":") for line in path.read_text(encoding="utf-8-sig").splitlines())
    return {key.strip(): value.strip() for key, colon, value in pairs if colon}


def names(text):
    return [name.strip() for name in text.split(",") if name.strip()]


def limits(text):
    return tuple(float(number) for number in re.findall(r"-?[0-9.]+", text))


def command(options, case, settings):
    line = [options.perforin, "simulate", str(case / "model.xml"), "--stochastic", "--runs", str(options.runs),
            "--seed", str(options.seed), "--start", settings["start"], "--duration", settings["duration"],
            "--steps", settings["steps"], "--variables", settings["variables"].replace(" ", ""), "--threads", str(options.jobs)]
    for option in ("amount", "concentration"):
        wanted = [name for name in names(settings.get(option, "")) if name in names(settings["variables"])]
        if wanted:
            line += ["--" + option, ",".join(wanted)]
    return line


def table(rows):
    rows = list(rows)
    head = [cell.strip() for cell in rows[0]]
    return head, [[float(cell) if cell.strip() else math.nan for cell in row] for row in rows[1:] if row]


def logarithms(path, variable, n_times):
    """Mean and deviation of the logarithm, over the runs, at each time; of 0 it counts as 0, as the suite has it."""
    total, square, n = [0.0] * n_times, [0.0] * n_times, 0
    with open(path, encoding="utf-8", newline="") as file:
        for i, row in enumerate(csv.DictReader(file)):
            x = float(row[variable])
            x = math.log(x) if x > 0 else 0.0
            total[i % n_times] += x
            square[i % n_times] += x * x
            n = max(n, int(row["run"]))
    means = [t / n for t in total]
    return means, [math.sqrt(max(0.0, (s - n * m * m) / (n - 1))) for s, m in zip(square, means)]


def columns(options, case, settings, n_times):
    """Name -> values, for each column of the case."""
    wanted = names(settings["output"])
    with tempfile.TemporaryDirectory() as folder:
        line, each = command(options, case, settings), pathlib.Path(folder) / "runs.csv"
        if any(name.startswith("ln(") for name in wanted):
            line += ["--runs-out", str(each)]
        done = subprocess.run(line, capture_output=True, text=True, timeout=540, check=False)
        if done.returncode:
            return None, (done.stderr.strip().splitlines() or ["no sentence"])[-1]
        head, rows = table(csv.reader(done.stdout.splitlines()))
        found = {name: [row[i] for row in rows] for i, name in enumerate(head)}
        for name in wanted:
            inside = re.match(r"ln\((.*)\)-mean$", name)
            if inside:
                found[name], found[f"ln({inside[1]})-sd"] = logarithms(each, inside[1], n_times)
    return found, None


def misses(found, expected, deviation, allowed, n, kind):
    """Times at which a series is out of its range."""
    out = []
    for i, (x, want, sd) in enumerate(zip(found, expected, deviation)):
        if not sd > 0:
            off = abs(x - want) > 1e-6 * max(1.0, abs(want))
        elif kind == "mean":
            off = not allowed[0] < math.sqrt(n) * (x - want) / sd < allowed[1]
        else:
            off = not allowed[0] < math.sqrt(n / 2) * (x * x / (want * want) - 1) < allowed[1]
        if off:
            out.append(i)
    return out


def run(options, case):
    """None, or what is wrong."""
    settings = read_settings(case / "settings.txt")
    with open(case / "results.csv", encoding="utf-8-sig", newline="") as file:
        head, rows = table(csv.reader(file))
    expected = {name: [row[i] for row in rows] for i, name in enumerate(head)}
    found, problem = columns(options, case, settings, len(rows))
    if problem:
        return problem
    for name in names(settings["output"]):
        variable, kind = name.rsplit("-", 1)
        if name not in found:
            return f"no column {name}"
        if len(found[name]) != len(rows):
            return f"{len(found[name])} times, not {len(rows)}"
        # a law without a deviation (Cauchy's) has its mean compared by the deviation that was found
        deviation = expected.get(variable + "-sd") or found[variable + "-sd"]
        off = misses(found[name], expected[name], deviation, limits(settings[kind + "Range"]), options.runs, kind)
        if len(off) > MISSES[kind]:
            return f"{name}: {len(off)} of {len(rows)} out of range, first at {rows[off[0]][0]:g}: {found[name][off[0]]:.6g}, not {expected[name][off[0]]:.6g}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("perforin")
    parser.add_argument("suite", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--least", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    if not options.suite.is_dir():
        print(f"skipped: the SBML Test Suite's stochastic cases are not at {options.suite}")
        return 77
    only, passed, begin = names(options.only), 0, time.monotonic()
    cases = [case for case in sorted(options.suite.iterdir()) if case.is_dir() and (not only or case.name in only)]
    for case in cases:
        problem = run(options, case)
        passed += problem is None
        if problem:
            print(f"{case.name}: {problem}", flush=True)
    print(f"{passed} of {len(cases)} passed, {options.runs} runs each, {time.monotonic() - begin:.0f} s")
    return 1 if passed < (options.least if not only else len(cases)) else 0


if __name__ == "__main__":
    sys.exit(main())
