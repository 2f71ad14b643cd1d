#!/usr/bin/env python3
"""Models of BioModels through `perforin simulate`, against libRoadRunner (CVODE) at tight tolerances.

usage: biomodels.py PERFORIN FOLDER [--least N]

Every state of every *.xml is compared at 201 times up to 100 units of the model's time: |ours - theirs| <= 1e-5 (|theirs| + 1e-6
largest |theirs|). Exit code 1 when a model differs, is refused, or when fewer than N models are there; 77 (skipped) when FOLDER
is not there.
"""
import argparse
import csv
import pathlib
import subprocess
import sys

import libsbml
import roadrunner

DURATION, STEPS, LIMIT, FLOOR = 100, 200, 1e-5, 1e-6


def selection(model, name):
    """How libRoadRunner calls what the name stands for in formulas."""
    species = model.getSpecies(name)
    if species is None or species.getHasOnlySubstanceUnits():
        return name
    return name if model.getCompartment(species.getCompartment()).getSpatialDimensions() == 0 else f"[{name}]"


def ours(perforin, path):
    done = subprocess.run([perforin, "simulate", str(path), "--duration", str(DURATION), "--steps", str(STEPS),
                           "--rtol", "1e-10", "--atol", "1e-12"], capture_output=True, text=True, check=False)
    if done.returncode:
        return None, done.stderr.strip()
    rows = list(csv.reader(done.stdout.splitlines()))
    return rows[0][1:], [[float(cell) for cell in row[1:]] for row in rows[1:]]


def theirs(path, names):
    model = libsbml.readSBMLFromFile(str(path)).getModel()
    rr = roadrunner.RoadRunner(str(path))
    rr.integrator.relative_tolerance = 1e-11
    rr.integrator.absolute_tolerance = 1e-14
    rr.integrator.maximum_num_steps = 1000000
    rr.timeCourseSelections = ["time"] + [selection(model, name) for name in names]
    return [list(row)[1:] for row in rr.simulate(0, DURATION, STEPS + 1)]


def largest_difference(names, found, expected):
    worst = (0.0, "")
    for i, name in enumerate(names):
        peak = max(abs(row[i]) for row in expected)
        for k, (a, b) in enumerate(zip(found, expected)):
            scale = abs(b[i]) + FLOOR * peak
            difference = abs(a[i] - b[i]) / scale if scale else abs(a[i])
            if not difference <= worst[0]:  # NaN too
                worst = (difference, f"{name} at {k * DURATION / STEPS:g}")
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("perforin")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--least", type=int, default=1)
    options = parser.parse_args()
    if not options.folder.is_dir():
        print(f"skipped: there are no models at {options.folder}")
        return 77
    bad = good = 0
    for path in sorted(options.folder.glob("*.xml")):
        names, found = ours(options.perforin, path)
        if names is None:
            print(f"{path.name}: {found}")
            bad += 1
            continue
        difference, where = largest_difference(names, found, theirs(path, names))
        agrees = difference <= LIMIT
        good += agrees
        bad += not agrees
        print(f"{path.name}: {len(names)} states, largest difference {difference:.2g} ({where})"
              + ("" if agrees else f", over {LIMIT:g}"))
    print(f"{good} of {good + bad} models agree")
    return 1 if bad or good < options.least else 0


if __name__ == "__main__":
    sys.exit(main())
