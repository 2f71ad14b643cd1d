#!/usr/bin/env python3
"""act18 through libRoadRunner (CVODE) at the tolerances of the bench, for a ratio in the same sitting.

Needs the PyPI packages antimony and libroadrunner; says so and ends with 0 when they are missing.
Usage: bench/act18_peers.py [patients] [path of bench_act18]
"""
import csv
import pathlib
import re
import subprocess
import sys
import time

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "tests" / "data" / "act18"


def rows(name):
    with open(FOLDER / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def solve(rr, patient, dosing):
    """One patient, day 0 to 372, daily output, a stop at each record."""
    rr.resetAll()
    states = ("Bp", "Bn")
    for name in (n for n in patient if n not in ("patient", *states)):
        rr[name] = float(patient[name])
    rr.reset()  # initial values that parameters decide
    for name in states:
        rr[name] = float(patient[name])
    day = 0.0
    for record in [*dosing, None]:
        until = float(record["time_day"]) if record else 372.0
        if until > day:
            rr.simulate(day, until, max(2, int(until - day) + 1))
            day = until
        if record:
            before = rr[record["target"]] if record["action"] == "add" else 0.0
            rr[record["target"]] = before + float(record["value"])


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    bench = sys.argv[2] if len(sys.argv) > 2 else "build/release/bench/bench_act18"
    try:
        import antimony
        import roadrunner
    except ImportError as missing:
        print(f"skipped: {missing.name} is not installed (pip install antimony libroadrunner)")
        return 0
    antimony.loadAntimonyString((FOLDER / "act18.ant").read_text(encoding="utf-8"))
    rr = roadrunner.RoadRunner(antimony.getSBMLString("act18"))
    rr.integrator.relative_tolerance = 1e-6
    rr.integrator.absolute_tolerance = 1e-9
    patients, dosing = rows("act18_patients.csv")[:count], rows("act18_dosing.csv")
    solve(rr, patients[0], dosing)
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for patient in patients:
            solve(rr, patient, dosing)
        best = min(best, (time.process_time() - start) / len(patients))
    print(f"libRoadRunner {roadrunner.__version__}, CVODE   {1e6 * best:10.1f} us")
    text = subprocess.run([bench], capture_output=True, text=True, check=True).stdout
    for lanes, micro in re.findall(r"bytecode (\d) lanes \S+\s+([\d.]+) us", text):
        print(f"perforin bytecode, {lanes} lanes        {float(micro):10.1f} us   {1e6 * best / float(micro):.1f} times faster")
    return 0


if __name__ == "__main__":
    sys.exit(main())
