#!/usr/bin/env python3
"""Adjust shared parameters to published outcomes that may be fitted, and write down what moved.

    python3 tools/fit.py build/release/perforin --out evidence/fits/core-2.json
    python3 tools/fit.py build/release/perforin --starts 4 --evaluations 60 --replicates 10
    python3 tools/fit.py build/release/perforin --starts 0        the objective as it stands, figure by figure

What may move stands in evidence/fit_parameters.csv: a parameter of the core model, the studies in which it moves (empty: all), the
standard deviation of its prior in natural logarithms around the value in use, and why. Limits come from evidence/core_parameters.csv.
Figures are the expectations with role `fit` of the studies named in evidence/fit_studies.csv, nothing else.

Objective: sum over figures of ((simulated - published)/s)^2 plus sum over parameters of (ln factor/prior sd)^2, where s is the
published interval over 3.92, for a share the binomial error of its n, else 15 % of the figure; positive figures that are no shares are
compared as logarithms. Each evaluation runs the studies with the same seeds, so that the objective is a function; the search is Nelder and
Mead's simplex from several points drawn from the priors. The result is data: values are taken over by hand, with their source.
Needs the standard library only.
"""
import argparse
import csv
import hashlib
import json
import math
import os
import random
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def table(name):
    with open(os.path.join(ROOT, "evidence", name), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Free:
    """A parameter that may move by a factor."""

    def __init__(self, row, limits):
        self.name, self.why = row["parameter"], row["why"]
        self.studies = row["studies"].split()
        self.sd = float(row["sd_ln"])
        value, low, high = (float(limits[key]) for key in ("value", "low", "high"))
        self.value = value
        # A product's own value differs from the table's; its factor stays within three prior deviations.
        inside = value > 0 and not self.studies
        self.low = math.log(low / value) if inside and low > 0 else -3 * self.sd
        self.high = math.log(high / value) if inside and high > 0 else 3 * self.sd

    def clip(self, x):
        return min(self.high, max(self.low, x))


class Problem:
    def __init__(self, args):
        limits = {row["id"]: row for row in table("core_parameters.csv")}
        self.free = [Free(row, limits[row["parameter"]]) for row in table("fit_parameters.csv")]
        self.studies = [row["study"] for row in table("fit_studies.csv")]
        self.args, self.seen, self.calls = args, {}, 0

    def figures(self, study, x):
        """The figures with role fit of one study: [(label, published, simulated, residual)]."""
        command = [self.args.perforin, "run", os.path.join(ROOT, study), "--json", "-q", "--force"]
        command += ["--replicates", str(self.args.replicates)]
        for p, value in zip(self.free, x):
            if value and (not p.studies or study in p.studies):
                command += ["--set", f"{p.name}*={math.exp(value):.10g}"]
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(command + ["--out", os.path.join(folder, "run")], cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")
        fit = json.loads(done.stdout)["expectations"].get("fit", {"figures": []})
        return [residual(study, f) for f in fit["figures"]]

    def evaluate(self, x):
        key = tuple(round(v, 6) for v in x)
        if key not in self.seen:
            self.calls += 1
            figures = [f for study in self.studies for f in self.figures(study, key)]
            prior = sum((v / p.sd) ** 2 for v, p in zip(key, self.free))
            self.seen[key] = (sum(f["residual"] ** 2 for f in figures) + prior, figures)
            print(f"\r{self.calls} evaluations, best {min(v[0] for v in self.seen.values()):.3f} ", end="", file=sys.stderr)
        return self.seen[key]

    def objective(self, x):
        return self.evaluate([p.clip(v) for p, v in zip(self.free, x)])[0]


def residual(study, f):
    published, simulated = f["published"], f["simulated_mean"]
    share = f.get("unit") in ("share", "fraction") or f["endpoint"] in ("ORR", "CR", "DCR")
    low, high = f.get("published_low"), f.get("published_high")
    if published is None:  # only a direction was published: it holds or it does not
        z = 0.0 if f.get("verdict") == "pass" else 2.0
    elif simulated is None:
        z = 10.0
    elif share:
        n = f.get("published_n") or 20
        z = (simulated - published) / math.sqrt(max(published * (1 - published), 1 / (4 * n)) / n)
    elif published > 0 and simulated > 0:
        known = f.get("interval") == "published" and low and high and low > 0
        z = math.log(simulated / published) / (math.log(high / low) / 3.92 if known else 0.15)
    elif published == 0 and high:
        z = simulated / (high / 1.96)
    else:
        z = 10.0
    return {"study": study, "arm": f["arm"], "figure": f["written"], "published": published, "simulated": simulated, "residual": z,
            "verdict": f.get("verdict")}


def simplex(f, start, step, limit):
    """Nelder and Mead's simplex: the best point found with at most `limit` evaluations."""
    points = [list(start)] + [[v + (step[i] if i == j else 0) for j, v in enumerate(start)] for i in range(len(start))]
    values, used = [f(p) for p in points], len(points)
    while used < limit and max(values) - min(values) > 1e-3:
        order = sorted(range(len(points)), key=values.__getitem__)
        points, values = [points[i] for i in order], [values[i] for i in order]
        centre = [sum(p[j] for p in points[:-1]) / (len(points) - 1) for j in range(len(start))]

        def at(t):
            return [c + t * (c - w) for c, w in zip(centre, points[-1])]

        trial = at(1.0)
        value = f(trial)
        used += 1
        if value < values[0]:
            further = at(2.0)
            beyond = f(further)
            used += 1
            trial, value = (further, beyond) if beyond < value else (trial, value)
        elif value >= values[-2]:
            trial = at(0.5 if value < values[-1] else -0.5)
            value = f(trial)
            used += 1
        if value < values[-1]:
            points[-1], values[-1] = trial, value
            continue
        for i in range(1, len(points)):  # shrink towards the best
            points[i] = [(a + b) / 2 for a, b in zip(points[0], points[i])]
            values[i] = f(points[i])
        used += len(points) - 1
    best = min(range(len(points)), key=values.__getitem__)
    return points[best], values[best]


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def inputs(problem):
    names = ["models/core.ant", "evidence/fit_parameters.csv", "evidence/fit_studies.csv", *problem.studies]
    names += [os.path.join("models/core", n) for n in sorted(os.listdir(os.path.join(ROOT, "models/core")))]
    return {name: digest(os.path.join(ROOT, name)) for name in names}


def record(problem, starts, best, args):
    before, after = problem.evaluate([0.0] * len(problem.free)), problem.evaluate(best)
    moved = [{"parameter": p.name, "studies": p.studies or "all", "factor": math.exp(v), "prior_sd_ln": p.sd, "deviations": v / p.sd,
              "lowest_factor": math.exp(p.low), "highest_factor": math.exp(p.high), "why": p.why}
             for p, v in zip(problem.free, best)]
    figures = [{**a, "simulated_before": b["simulated"], "residual_before": b["residual"]} for a, b in zip(after[1], before[1])]
    return {"what": "fit of shared parameters to figures with role fit (tools/fit.py)", "replicates": args.replicates, "seed": args.seed,
            "objective_before": before[0], "objective_after": after[0], "starts": starts, "evaluations": problem.calls,
            "parameters": moved, "figures": figures, "inputs_sha256": inputs(problem)}


def show(result):
    print(f"objective {result['objective_before']:.2f} -> {result['objective_after']:.2f}, {result['evaluations']} evaluations")
    for p in result["parameters"]:
        print(f"  {p['parameter']:10} x {p['factor']:.4f}   {p['deviations']:+.2f} prior deviations")
    for f in result["figures"]:
        was, now = (("-" if v is None else f"{v:.4g}") for v in (f["simulated_before"], f["simulated"]))
        print(f"  {f['arm']:28.28} {f['figure']:32.32} {'-' if f['published'] is None else format(f['published'], '.4g'):>9}  {was:>9} -> {now:>9}   {f['residual']:+.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("perforin")
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--evaluations", type=int, default=60, help="at most, for each start")
    parser.add_argument("--replicates", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", help="JSON file of the record")
    args = parser.parse_args()
    args.perforin = os.path.abspath(args.perforin)
    problem, draw = Problem(args), random.Random(args.seed)
    best, lowest, starts = [0.0] * len(problem.free), problem.objective([0.0] * len(problem.free)), []
    for number in range(args.starts):
        start = [p.clip(draw.gauss(0, p.sd) if number else 0.0) for p in problem.free]
        point, value = simplex(problem.objective, start, [p.sd / 2 for p in problem.free], args.evaluations)
        point = [p.clip(v) for p, v in zip(problem.free, point)]
        starts.append({"from": [math.exp(v) for v in start], "to": [math.exp(v) for v in point], "objective": value})
        if value < lowest:
            best, lowest = point, value
    print(file=sys.stderr)
    result = record(problem, starts, best, args)
    show(result)
    if args.out:
        os.makedirs(os.path.dirname(os.path.abspath(args.out)), exist_ok=True)
        with open(args.out, "w", encoding="utf-8") as file:
            json.dump(result, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
