#!/usr/bin/env python3
"""act18 through libRoadRunner (CVODE) and SciPy (LSODA), at the tolerances of the bench, beside ours in the same sitting.

Each needs its PyPI package (antimony and libroadrunner; scipy); one that is missing is named and left out.
Usage: bench/act18_peers.py [patients] [path of the bench]
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


def best_of(runs, patients, one):
    """Smallest processor time per patient, in microseconds."""
    best = float("inf")
    for _ in range(runs):
        start = time.process_time()
        for patient in patients:
            one(patient)
        best = min(best, (time.process_time() - start) / len(patients))
    return 1e6 * best


def roadrunner_time(patients, dosing):
    """libRoadRunner's time, or None."""
    try:
        import antimony
        import roadrunner
    except ImportError as missing:
        print(f"skipped: {missing.name} is not installed")
        return None
    antimony.loadAntimonyString((FOLDER / "act18.ant").read_text(encoding="utf-8"))
    rr = roadrunner.RoadRunner(antimony.getSBMLString("act18"))
    rr.integrator.relative_tolerance = 1e-6
    rr.integrator.absolute_tolerance = 1e-9
    solve(rr, patients[0], dosing)
    return best_of(3, patients, lambda p: solve(rr, p, dosing))


def right_side():
    """f(values of names, t, y) of act18.ant as Python, its state names and default values."""
    text = re.sub(r"//.*", "", (FOLDER / "act18.ant").read_text(encoding="utf-8"))
    values, rules, rates = {}, [], {}
    for statement in re.split(r"[;\n]", text):
        statement = statement.strip().replace("^", "**")
        if m := re.match(r"(\w+)'\s*=\s*(.+)", statement):
            rates[m[1]] = m[2]
        elif m := re.match(r"(\w+)\s*:=\s*(.+)", statement):
            rules.append((m[1], m[2]))
        elif m := re.match(r"(\w+)\s*=\s*(.+)", statement):
            values[m[1]] = m[2]
    states = list(rates)
    parameters = [n for n in values if n not in rates]
    lines = ["def f(t, y, p):", f"    {', '.join(states)} = y", f"    {', '.join(parameters)} = p"]
    lines += [f"    {name} = {rule}" for name, rule in rules]
    lines += [f"    return [{', '.join(rates[s] for s in states)}]"]
    scope = {}
    exec("from math import *\n" + "\n".join(lines), scope)
    return scope["f"], states, parameters, values


def scipy_time(patients, dosing):
    """SciPy's LSODA with a Python right-hand side, or None."""
    try:
        from scipy.integrate import odeint
    except ImportError as missing:
        print(f"skipped: {missing.name} is not installed")
        return None
    f, states, parameters, defaults = right_side()

    def one(patient):
        value = {}
        for name, formula in defaults.items():
            value[name] = float(eval(formula, {}, value)) if name not in patient else float(patient[name])
        day = 0.0
        for record in [*dosing, None]:
            until = float(record["time_day"]) if record else 372.0
            if until > day:
                days = [day, *(d for d in range(int(day) + 1, int(until) + 1) if d < until), until]
                p = tuple(value[n] for n in parameters)
                y = odeint(f, [value[s] for s in states], days, args=(p,), tfirst=True, rtol=1e-6, atol=1e-9, mxstep=100000)
                value.update(zip(states, y[-1]))
                day = until
            if record:
                before = value[record["target"]] if record["action"] == "add" else 0.0
                value[record["target"]] = before + float(record["value"])

    return best_of(1, patients[:5], one)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    bench = sys.argv[2] if len(sys.argv) > 2 else "build/release/bench/act18"
    patients, dosing = rows("act18_patients.csv")[:count], rows("act18_dosing.csv")
    text = subprocess.run([bench, "400"], capture_output=True, text=True, check=True).stdout
    ours = {name: float(us) for name, us in reversed(re.findall(r"^(native|bytecode) ([\d.]+) us", text.split("one dose")[0], re.M))}
    for name, us in (("roadrunner", roadrunner_time(patients, dosing)), ("scipy-lsoda", scipy_time(patients, dosing))):
        if us is not None:
            ratios = ", ".join(f"{us / mine:.1f} times our {what}'s" for what, mine in ours.items())
            print(f"{name} {us:.1f} us   {ratios}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
