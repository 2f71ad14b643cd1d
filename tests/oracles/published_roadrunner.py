#!/usr/bin/env python3
"""The files of models/published by libAntimony and libRoadRunner, against the same tables as our own engine; and the BioModels
entries of Leon-Triana 2020 and 2021 themselves, when ../shared/sbml has them.

    tests/oracles/venv.sh run tests/oracles/published_roadrunner.py
"""
import csv
import pathlib
import sys

import antimony
import libsbml
import roadrunner

import published_scipy as own

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BIOMODELS = ROOT.parent / "shared" / "sbml" / "biomodels"
TOLERANCE = 1e-6  # CVODE at 1e-10; relative to the value, or to 1e-9 of a state's largest

# entry: table, its species by our names
ENTRIES = {
    "BIOMD0000001011": ("leon-triana-2020", {"C": "CAR_T_cells", "L": "Leukaemic_B_cells", "B": "B_cells_healthy"}),
    "BIOMD0000001013": ("leon-triana-2021", {"single.C": "CAR_T_cells", "single.T": "Tumour_cells"}),
}


def to_sbml(case):
    antimony.clearPreviousLoads()
    if antimony.loadAntimonyFile(str(ROOT / "models" / "published" / f"{case.model}.ant")) < 0:
        sys.exit(antimony.getLastError())
    document = libsbml.readSBMLFromString(antimony.getSBMLString(antimony.getMainModuleName()))
    model = document.getModel()
    for name, value in case.set.items():
        parameter = model.getParameter(name.replace(".", "_"))
        model.removeInitialAssignment(parameter.getId())
        parameter.setValue(value)
    return libsbml.writeSBMLToString(document)


def table(name):
    with open(own.DATA / f"{name}.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return rows[0], [[float(x) for x in row] for row in rows[1:]]


def compare(what, sbml, name, ids, doses):
    """Worst relative error; every row of the table is a point where the integration is continued."""
    names, rows = table(name)
    machine = roadrunner.RoadRunner(sbml)
    machine.integrator.relative_tolerance = 1e-10
    machine.integrator.absolute_tolerance = 1e-18
    machine.integrator.maximum_num_steps = 1000000
    top = [max(abs(row[i]) for row in rows) for i in range(len(names))]
    now, worst, which = 0.0, 0.0, ""
    pending = sorted(doses)
    for row in rows:
        while pending and pending[0][0] <= row[0]:
            at, state, amount = pending.pop(0)
            if at > now:
                machine.simulate(now, at, 2)
                now = at
            machine[ids[state]] = machine[ids[state]] + amount
        if row[0] > now:
            machine.simulate(now, row[0], 2)
            now = row[0]
        for i, state in enumerate(names):
            if state in ids and top[i] > 0:
                error = abs(machine[ids[state]] - row[i]) / max(abs(row[i]), 1e-9 * top[i])
                if error > worst:
                    worst, which = error, f" ({state} at {row[0]:g})"
    print(f"{what}: largest relative error {worst:.2g}{which if worst > TOLERANCE else ''}")
    return worst <= TOLERANCE


def main():
    good = True
    for case in own.cases():
        names, _ = table(case.name)
        ids = {n: n.replace(".", "_") for n in names[1:]}
        good &= compare(case.name, to_sbml(case), case.name, ids, case.doses)
    for entry, (name, ids) in ENTRIES.items():
        path = BIOMODELS / f"{entry}.xml"
        if path.exists():
            good &= compare(entry, path.read_text(encoding="utf-8"), name, ids, [])
        else:
            print(f"{entry}: skipped, {path} is not there")
    sys.exit(0 if good else 1)


main()
