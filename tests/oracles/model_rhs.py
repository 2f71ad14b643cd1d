"""Right-hand sides from libRoadRunner for tests/unit/model_oracle.c.

    pip install antimony libroadrunner
    python3 tests/oracles/model_rhs.py > tests/data/model/oracle.csv

Each model is taken at its start, then at two points with every state multiplied and time set. Rows:
model, point, kind (time, state, rate), name, value. Rates of species are of concentrations."""

import csv
import pathlib
import re
import sys

import antimony
import roadrunner

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
FILES = [DATA / "model" / "oracle.ant", DATA / "act18" / "act18.ant"]
POINTS = [(0.0, 1.0, 0.0), (0.9, 1.3, 0.05), (2.5, 0.6, 0.4)]  # time, factor, summand


def models(path):
    antimony.clearPreviousLoads()
    if antimony.loadAntimonyFile(str(path)) < 0:
        sys.exit(antimony.getLastError())
    names = re.findall(r"^model\s+\*?(\w+)", path.read_text(), re.M)
    return [(name, antimony.getSBMLString(name)) for name in names]


def rows(name, sbml):
    model = roadrunner.RoadRunner(sbml)
    rules = list(model.getRateRuleIds())
    species = [s for s in model.model.getFloatingSpeciesIds() if s not in rules]
    for point, (time, factor, summand) in enumerate(POINTS):
        model.reset()
        start = {s: model[f"[{s}]"] for s in species} | {s: model[s] for s in rules}
        model.model.setTime(time)
        for s in species:
            model[f"[{s}]"] = start[s] * factor + summand
        for s in rules:
            model[s] = start[s] * factor + summand
        yield name, point, "time", "time", time
        for s in start:
            yield name, point, "state", s, start[s] * factor + summand
        for s in species:
            yield name, point, "rate", s, model[f"{s}'"] / model[model_compartment(sbml, s)]
        for s in rules:
            yield name, point, "rate", s, model[f"{s}'"]


def model_compartment(sbml, species):
    return re.search(rf'<species[^>]*\bid="{species}"[^>]*\bcompartment="(\w+)"', sbml).group(1)


def main():
    out = csv.writer(sys.stdout, lineterminator="\n")
    for path in FILES:
        for name, sbml in models(path):
            for row in rows(name, sbml):
                out.writerow([*row[:4], repr(float(row[4]))])


main()
