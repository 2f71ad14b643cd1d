#!/usr/bin/env python3
"""Check evidence/: every parameter of models/core.ant has one row, and every row can be trusted formally.

    python3 tools/check_evidence.py [ROOT]

Checked: the same of evidence/small_models.csv and the models in models/small (a parameter `x` of `m.ant` has the id `m.x`).
The rows of evidence/core_parameters.csv are exactly the parameters of models/core.ant (a parameter `x` of a
submodel `m` has the id `m.x`), with equal values, a unit, a source, a known kind, low <= value <= high; an unknown value
has a range or distribution; a source that cites a row of outcomes.csv cites one that may be fitted, and in population and
product files a source that cites a row of any table cites one that exists, as do the rows that tissue files and their rules name with
their table ("cells.csv nk.granules"). In the other tables: no broken rows, no duplicate ids, no row without a source.
Needs the standard library only. Prints every problem and exits with 1 when there is one.
"""
import csv
import os
import re
import sys

KINDS = {"biology", "product", "disease", "patient", "switch"}
SMALL_KINDS = KINDS | {"assay"}
DISTRIBUTIONS = {"", "constant", "uniform", "loguniform", "normal", "lognormal", "logitnormal", "discrete"}
COLUMNS = ["id", "name", "value", "low", "high", "unit", "source", "note", "kind", "distribution"]
TABLES = {"parameters": "id", "tumour": "id", "cells": "id", "systems": "id", "outcomes": "case_id"}
NUMBER = r"[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?"


def antimony_text(path):
    """An Antimony file without comments, behind the files that it imports."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"//.*", "", file.read())
    imports = re.findall(r'^import\s+"([^"]+)"', text, re.M)
    return "".join(antimony_text(os.path.join(os.path.dirname(path), name)) for name in imports) + text


def core_parameters(path):
    """{id: value as written} of all parameters with a plain number, from the text of an Antimony file and its parts."""
    text = antimony_text(path)
    found = {}
    blocks = re.findall(r"^model\s+\*?(\w+)[^\n]*\n(.*?)^end", text, re.S | re.M)
    if not blocks:
        raise ValueError(f"{path}: no model found")
    main = blocks[-1][0]
    for model, body in blocks:
        states = set(re.findall(r"\b(\w+)'\s*=", body))
        for name, value in re.findall(rf"(?<![\w.'])(\w+)\s*=\s*({NUMBER})\s*;", body):
            if name not in states:
                found[name if model == main else f"{model}.{name}"] = value
    return found


def small_parameters(folder):
    """{model.id: value as written} of all parameters of the models in a folder; units may follow a number."""
    found = {}
    for file in sorted(os.listdir(folder)):
        with open(os.path.join(folder, file), encoding="utf-8") as text:
            body = re.sub(r"//.*", "", text.read())
        states = set(re.findall(r"\b(\w+)'\s*=", body))
        body = re.sub(r"\bunit\s+[^;]*;", "", body)
        for name, value in re.findall(rf"(?<![\w.':])(\w+)\s*=\s*({NUMBER})(?:\s+[A-Za-z]\w*)?\s*;", body):
            if name not in states:
                found[f"{os.path.splitext(file)[0]}.{name}"] = value
    return found


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def read_table(path, problems):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    for line, row in enumerate(rows[1:], 2):
        if len(row) != len(rows[0]):
            problems.append(f"{path}: record {line}: {len(row)} columns, not {len(rows[0])}")
    return [dict(zip(rows[0], row)) for row in rows[1:]], rows[0]


def check_table(path, key, problems):
    rows, header = read_table(path, problems)
    seen = set()
    for row in rows:
        if row[key] in seen:
            problems.append(f"{path}: {row[key]} stands twice")
        seen.add(row[key])
        if "source" in header and not row["source"].strip():
            problems.append(f"{path}: {row[key]} has no source")
    return rows


def check_row(where, row, roles, problems, kinds=KINDS):
    value, low, high = (number(row[c]) for c in ("value", "low", "high"))
    for column in ("low", "high"):
        if row[column] and number(row[column]) is None:
            problems.append(f"{where}: {column} is not a number: {row[column]}")
    if value is None:
        problems.append(f"{where}: value is not a number: {row['value']}")
    elif (low is not None and low > value) or (high is not None and value > high):
        problems.append(f"{where}: {row['value']} is outside {row['low']} to {row['high']}")
    for column in ("name", "unit", "source"):
        if not row[column].strip():
            problems.append(f"{where}: no {column}")
    if row["kind"] not in kinds:
        problems.append(f"{where}: kind {row['kind']!r} is none of {', '.join(sorted(kinds))}")
    if row["distribution"] not in DISTRIBUTIONS:
        problems.append(f"{where}: unknown distribution {row['distribution']!r}")
    if row["source"].startswith("unknown") and not (row["low"] and row["high"] and row["distribution"]):
        problems.append(f"{where}: unknown, so it needs low, high and a distribution")
    if "recalled" in row["source"].lower():
        problems.append(f"{where}: what is only recalled is no source")
    check_cases(where, row["source"] + row["note"], roles, problems)


def check_parameters(path, model, roles, problems, kinds):
    """The rows of a table of parameters, checked against the parameters that the models have: {id: value as written}."""
    rows, header = read_table(path, problems)
    if header != COLUMNS:
        problems.append(f"{path}: columns are {', '.join(header)}; expected {', '.join(COLUMNS)}")
    seen = set()
    for row in rows:
        where = f"{path}: {row['id']}"
        if row["id"] in seen:
            problems.append(f"{where} stands twice")
        seen.add(row["id"])
        check_row(where, row, roles, problems, kinds)
        if row["id"] not in model:
            problems.append(f"{where} is no parameter of its model")
        elif number(row["value"]) != float(model[row["id"]]):
            problems.append(f"{where} is {row['value']} here and {model[row['id']]} in its model")
    for name in sorted(set(model) - seen):
        problems.append(f"{name} has no row in {path}")
    return rows


def check_cases(where, text, roles, problems):
    for case in re.findall(r"\bV[0-9]{2}\.[0-9]\b", text):
        role = roles.get(case)
        if role is None:
            problems.append(f"{where}: outcomes.csv has no {case}")
        elif role.startswith("FIT (control arm)") and "control arm" in text:
            continue
        elif role != "FIT":
            problems.append(f"{where}: {case} has the role {role}: it may not shape a parameter")


def check_cited(folder, tables, roles, problems):
    """The sources in population and product files: rows that they cite exist, and may shape a parameter."""
    ids = {row[key] for t, key in TABLES.items() for row in tables[t]}
    stems = {name.split(".")[0] for name in ids if "." in name}
    for file in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if not file.endswith(".yaml"):
            continue
        with open(os.path.join(folder, file), encoding="utf-8") as text:
            lines = text.read().split("\n")
        for i, line in enumerate(lines, 1):
            source = line.partition(" source: ")[2]
            where = f"{folder}/{file}:{i}"
            check_cases(where, source, roles, problems)
            for word in re.findall(r"\b[a-z]\w*(?:\.\w+)+", source):
                if word.split(".")[0] in stems and word not in ids and not word.endswith(".csv"):
                    problems.append(f"{where}: no table has a row {word}")


def check_tissues(folder, tables, problems):
    """Rows that tissue files and tables of rules name behind their table, as "cells.csv nk.granules, nk.granules_release"."""
    for file in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        with open(os.path.join(folder, file), encoding="utf-8") as text:
            words = " ".join(text.read().split())
        for table, cited in re.findall(r"(?<![\w-])(\w+)\.csv ([A-Za-z][\w.]*(?:, (?!\w+\.csv)[A-Za-z]\w*\.[\w.]+)*)", words):
            if table not in tables and "." in cited:
                problems.append(f"{folder}/{file}: evidence/ has no {table}.csv")
            for row in cited.split(", ") if table in tables else []:
                if row.rstrip(".") not in tables[table]:
                    problems.append(f"{folder}/{file}: {table}.csv has no row {row}")


def main(root):
    problems = []
    evidence = os.path.join(root, "evidence")
    tables = {t: check_table(os.path.join(evidence, t + ".csv"), key, problems) for t, key in TABLES.items()}
    roles = {row["case_id"]: row["role"] for row in tables["outcomes"]}
    core = os.path.join(root, "models", "core.ant")
    rows = check_parameters(os.path.join(evidence, "core_parameters.csv"), core_parameters(core), roles, problems, KINDS)
    small = small_parameters(os.path.join(root, "models", "small"))
    rows += check_parameters(os.path.join(evidence, "small_models.csv"), small, roles, problems, SMALL_KINDS)
    products = os.path.join(root, "products")
    for folder in (os.path.join(evidence, "populations"), products, os.path.join(products, "lots"),
                   os.path.join(products, "specifications")):
        check_cited(folder, tables, roles, problems)
    named = {t: {row[key] for row in tables[t]} for t, key in TABLES.items()}
    named["core_parameters"] = {row["id"] for row in rows}
    check_tissues(os.path.join(root, "tissue"), named, problems)
    for problem in problems:
        print(problem)
    unknown = sum(row["source"].startswith("unknown") for row in rows)
    print(f"{len(rows)} parameters, {unknown} of them unknown; {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..")))
