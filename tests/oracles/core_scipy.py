#!/usr/bin/env python3
"""models/core.ant by an independent way: libAntimony to SBML, libSBML's formulas as Python, SciPy's Radau.

Writes tests/data/model/core_reference.csv: all states of one patient over 60 days with conditioning, CAR-T cells, two doses of
antibody and three lesions, without small numbers (no population becomes discrete). Needs the PyPI packages
antimony, python-libsbml, scipy. Usage: tests/oracles/core_scipy.py [output]
"""
import csv
import math
import pathlib
import re
import sys

import antimony
import libsbml
import numpy
from scipy.integrate import solve_ivp

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "tests" / "data" / "model"
NAME = re.compile(r"[A-Za-z_]\w*")
KNOWN = {"max": max, "min": min, "ln": math.log, "exp": math.exp, "sqrt": math.sqrt, "pow": pow}


def table(name):
    with open(DATA / name, encoding="utf-8", newline="") as file:
        return [(row["name"], float(row["value"]), float(row.get("time") or 0)) for row in csv.DictReader(file)]


def python(math_node):
    settings = libsbml.L3ParserSettings()
    settings.setParseUnits(False)  # numbers without their units
    return libsbml.formulaToL3StringWithSettings(math_node, settings).replace("^", "**")


def in_order(formulas):
    """Names so that each follows those its formula reads."""
    order, seen = [], set()

    def visit(name):
        if name in seen:
            return
        seen.add(name)
        for other in NAME.findall(formulas[name]):
            if other in formulas:
                visit(other)
        order.append(name)

    for name in formulas:
        visit(name)
    return order


class Model:
    def __init__(self, path):
        assert antimony.loadAntimonyFile(str(path)) >= 0, antimony.getLastError()
        document = libsbml.readSBMLFromString(antimony.getSBMLString("core"))
        m = document.getModel()
        for f in m.getListOfFunctionDefinitions():
            names = [f.getArgument(i).getName() for i in range(f.getNumArguments())]
            KNOWN[f.getId()] = eval(f"lambda {', '.join(names)}: {python(f.getBody())}", KNOWN)
        self.value = {p.getId(): p.getValue() for p in m.getListOfParameters()}
        self.initial = {a.getSymbol(): python(a.getMath()) for a in m.getListOfInitialAssignments()}
        rules = [(r.getVariable(), python(r.getMath()), r.isRate()) for r in m.getListOfRules()]
        self.rate = {name: text for name, text, is_rate in rules if is_rate}
        self.assigned = {name: text for name, text, is_rate in rules if not is_rate}
        self.states = list(self.rate)

    def compiled(self):
        lines = ["def rhs(t, y, v):"]
        body = {**self.assigned}
        names = set(NAME.findall(" ".join([*body.values(), *self.rate.values()])))
        constants = sorted(n for n in names if n in self.value and n not in body and n not in self.rate)
        lines += [f"    {n} = v[{n!r}]" for n in constants]
        lines += [f"    {n} = y[{i}]" for i, n in enumerate(self.states)]
        lines += [f"    {n} = {body[n]}" for n in in_order(body)]
        lines.append("    return [" + ", ".join(self.rate[n] for n in self.states) + "]")
        space = dict(KNOWN)
        exec("\n".join(lines), space)  # formulas of our own model
        return space["rhs"]

    def start(self):
        """Initial states: assignments and initial assignments read each other."""
        space = {**KNOWN, **self.value}
        formulas = {**self.assigned, **self.initial}
        needed = set()

        def need(name):
            if name in formulas and name not in needed:
                needed.add(name)
                for other in NAME.findall(formulas[name]):
                    need(other)

        for name in self.initial:
            need(name)
        for name in in_order({n: formulas[n] for n in needed}):
            space[name] = eval(formulas[name], dict(space))
        return [space[n] for n in self.states]


def main():
    model = Model(ROOT / "models" / "core.ant")
    for name, value, _ in table("core_case.csv"):
        flat = name.replace(".", "_")
        assert flat in model.value, name
        model.value[flat] = value
        model.initial.pop(flat, None)
    rhs, y, t = model.compiled(), numpy.array(model.start()), 0.0
    days, rows = list(range(61)), []
    records = sorted(table("core_records.csv"), key=lambda r: r[2])
    for name, value, until in [*records, ("", 0.0, 60.0)]:
        if until > t:
            ask = [d for d in days if t <= d < until or d == until == 60.0]
            s = solve_ivp(rhs, (t, until), y, method="Radau", rtol=1e-10, atol=1e-7, args=(model.value,), dense_output=True)
            assert s.success, s.message
            rows += [(d, s.sol(d) if d > t else y) for d in ask]
            y, t = s.y[:, -1].copy(), until
        if name:
            y[model.states.index(name.replace(".", "_"))] += value
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else DATA / "core_reference.csv"
    with open(target, "w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        write.writerow(["time", *model.states])
        for day, state in rows:
            write.writerow([day, *(f"{x:.12g}" for x in state)])
    print(f"{len(rows)} days, {len(model.states)} states")


if __name__ == "__main__":
    main()
