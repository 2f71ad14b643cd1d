#!/usr/bin/env python3
"""The document inside report.html, decoded by an implementation of its own, is what the tables of
the run folder say; `perforin report` writes the same bytes as `perforin run`, and says clearly
what it cannot do.

usage: page.py PERFORIN STUDY"""
import base64, csv, json, math, os, re, shutil, struct, subprocess, sys, tempfile

TABLES = {"patients": "patients.csv", "visits": "assessments.csv", "samples": "kinetics.csv", "events": "events.csv"}
SHAPES = {"u1": ("B", 2**8 - 1), "u2": ("H", 2**16 - 1), "u4": ("I", 2**32 - 1), "f4": ("f", None), "f8": ("d", None)}


def document(path):
    text = open(path, encoding="utf-8").read()
    found = re.findall(r'<script type="application/json" id="perforin-data">(.*?)</script>', text, re.S)
    assert len(found) == 1, f"{path} has {len(found)} documents"
    assert "<" not in found[0], "the document can end the script"
    return json.loads(found[0])


def column(c, n):
    if c["t"] == "const":
        return [c["v"]] * n
    shape = c["t"]
    if shape == "text":
        shape = "u1" if len(c["levels"]) <= 255 else "u2"
    letter, missing = SHAPES[shape]
    values = struct.unpack(f"<{n}{letter}", base64.b64decode(c["d"], validate=True))
    values = [None if v == missing or v != v else v for v in values]
    return [None if v is None else c["levels"][v] for v in values] if c["t"] == "text" else values


def agrees(c, value, text):
    if text == "":
        return value is None
    if isinstance(value, str) or value is None:
        return value == text
    near = 6e-8 * abs(float(text)) + 1.4e-45 if c["t"] == "f4" else 0
    return value == float(text) or abs(value - float(text)) <= near


def rows(path):
    with open(path, newline="", encoding="utf-8") as f:
        yield from csv.DictReader(f)


def check_table(detail, key, path):
    table = detail[key]
    columns = {name: column(c, table["n"]) for name, c in table["column"].items()}
    left_out = {"STUDYID", "REPLICATE", "PATIENT"} | (set() if key == "patients" else {"ARM"})
    i = 0
    for row in rows(path):
        if int(row["REPLICATE"]) >= detail["replicates"]:
            break
        if int(row["PATIENT"]) >= detail["size"]:
            continue
        where = int(row["REPLICATE"]) * detail["size"] + int(row["PATIENT"])
        assert (i if key == "patients" else columns["ROW"][i]) == where, f"{key} row {i} is another patient's"
        assert set(columns) - {"ROW"} == set(row) - left_out, f"{key} has other columns"
        for name in set(columns) - {"ROW"}:
            assert agrees(table["column"][name], columns[name][i], row[name]), f"{key} row {i}: {name}"
        i += 1
    assert i == table["n"], f"{key} has {table['n']} rows instead of {i}"
    return i


def check_values(run, path):
    n = run["study"]["replicates"]
    values = [(v, column(v["value"], n)) for v in run["values"]]
    for k, row in enumerate(rows(path)):
        v, x = values[k % len(values)]
        named = [v["arm"], v["against"] or "", v["endpoint"], v["label"] or "", v["unit"]]
        assert named == [row[c] for c in ("ARM", "AGAINST", "ENDPOINT", "LABEL", "UNIT")], f"values {k}: {named}"
        assert agrees({"t": "f8"}, v["at_day"], row["AT_DAY"]), f"values {k}: day"
        assert agrees(v["value"], x[k // len(values)], row["VALUE"]), f"values {k}: {row['VALUE']}"
    return len(values)


def check_run(folder):
    page = document(os.path.join(folder, "report.html"))
    assert page["format"] == "perforin-page-1"
    run = page["runs"][0]
    read = lambda name: open(os.path.join(folder, name), encoding="utf-8").read()
    assert run["summary"] == json.loads(read("summary.json"))
    assert run["text"] == read("summary.txt")
    manifest = json.loads(read("manifest.json"))
    assert run["inputs"] == manifest["inputs"]
    assert [run["study"][k] for k in ("seed", "name")] == [manifest["settings"]["seed"], manifest["study"]]
    for name in [run["study"]["model"], run["study"]["population"]["file"]]:
        assert name in [i["file"] for i in run["inputs"]], f"{name} is no input"
    detail = run["detail"]
    n = [check_table(detail, key, os.path.join(folder, name)) for key, name in TABLES.items()] if detail else []
    measures = check_values(run, os.path.join(folder, "replicates.csv"))
    failed = list(rows(os.path.join(folder, "failures.csv")))
    assert run["failures"]["n"] == min(len(failed), 1000)
    return detail["replicates"] if detail else 0, n, measures


def main():
    perforin, study = map(os.path.abspath, sys.argv[1:3])
    work = tempfile.mkdtemp()
    folder, other = os.path.join(work, "run"), os.path.join(work, "other.html")
    page = os.path.join(folder, "report.html")

    def call(code, said, *words):
        r = subprocess.run([perforin, *words], capture_output=True, text=True)
        assert r.returncode == code, f"{words}: {r.returncode} instead of {code}: {r.stderr}"
        assert said in r.stderr, f"{words}: {r.stderr}"

    call(0, "", "run", study, "-q", "--replicates", "3", "--out", folder)
    print("replicates, rows, measures:", *check_run(folder))
    before = open(page, "rb").read()
    os.remove(page)
    call(0, "", "report", folder)
    assert open(page, "rb").read() == before, "report writes other bytes than run"
    call(0, "", "report", folder, "--out", other)
    assert open(other, "rb").read() == before
    assert not [name for name in os.listdir(folder) if name.endswith(".part")]

    call(0, "", "report", folder, "--detail", "1", "--out", other)
    assert document(other)["runs"][0]["detail"]["replicates"] == 1
    call(2, "the run has 3", "report", folder, "--detail", "4")
    call(2, "at least 1", "report", folder, "--detail", "0")
    template = os.path.join(work, "template.html")
    with open(template, "w") as f:
        f.write("<title>@PERFORIN_TITLE@</title>@PERFORIN_TEXT@")
    call(2, "@PERFORIN_DATA@", "report", folder, "--template", template)
    call(2, "there is no file", "report", folder, "--template", template + ".none")
    call(2, "no folder", "report", folder + ".none")
    with open(template, "a") as f:
        f.write('<script type="application/json" id="perforin-data">@PERFORIN_DATA@</script>')
    call(0, "", "report", folder, "--template", template, "--out", other)
    assert document(other) == document(page)

    events = os.path.join(folder, "events.csv")
    with open(events, "r+") as f:
        f.truncate(os.path.getsize(events) - 3)
    call(1, "events.csv' is not what the run wrote", "report", folder, "--detail", "3")
    assert open(page, "rb").read() == before, "a page that cannot be written took the old one away"
    os.remove(events)
    call(1, "events.csv", "report", folder)
    copy = os.path.join(folder, "inputs", json.load(open(os.path.join(folder, "manifest.json")))["study_file"])
    with open(copy, "a") as f:
        f.write("# a word\n")
    call(1, "changed later", "report", folder)
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
