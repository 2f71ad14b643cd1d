#!/usr/bin/env python3
"""Makes scores.json: what runs of three studies under different scoring rules give, for the test of re-scoring in the page.

usage: scores.py PERFORIN > scores.json     (in the repository's root; a minute)

Of each study the tables of one replicate, and, for each change of its rules, the endpoints of a run of the study so changed."""
import array, base64, csv, json, os, re, subprocess, sys, tempfile

STUDIES = ["nsclc-pembro-nk", "axicel-zuma1", "adjuvant-141"]
TIMES = ["PFS", "OS", "TTR", "DOR"]
LEVELS = ["CR", "PR", "SD", "PD", "NE"]
CUTOFF = 200


def with_setting(text, setting):
    return re.sub(r"(?m)^assess:\s*\n", f"assess:\n  {setting}\n", text, count=1)


def with_confirm(text):
    if "confirm:" in text:
        return re.sub(r"confirm: \w+", "confirm: yes", text)
    return text.replace("imaging: {", "imaging: {confirm: yes, ", 1)


def with_horizon(text):
    text = re.sub(r"(?m)^horizon: .*$", f"horizon: {CUTOFF} day", text)
    return re.sub(r"(?ms)^expect:.*?(?=^\w|\Z)", "", text)  # figures behind the horizon are refused


CHANGES = {
    "none": lambda t: t,
    "confirm": with_confirm,
    "deaths": lambda t: with_setting(t, "deaths: censored"),
    "dating": lambda t: with_setting(t, "progression_day: midpoint"),
    "cutoff": with_horizon,
}


def run(perforin, study, change, folder):
    with open(f"studies/{study}.yaml") as f:
        text = change(f.read())
    path = f"studies/{study}-{os.getpid()}.yaml"  # paths in a study are relative to it
    with open(path, "w") as f:
        f.write(text)
    try:
        subprocess.run([perforin, "run", path, "--replicates", "1", "--out", folder], check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    finally:
        os.remove(path)


def table(folder, name):
    with open(f"{folder}/{name}.csv", newline="") as f:
        return list(csv.DictReader(f))


def column(kind, values):
    code = {"f8": "d", "f4": "f", "u1": "B", "u2": "H"}[kind]
    missing = {"f8": float("nan"), "f4": float("nan"), "u1": 255, "u2": 65535}[kind]
    whole = kind[0] == "u"
    if len(set(values)) == 1:
        return {"t": "const", "v": float(values[0]) if values[0] else None}
    data = array.array(code, [missing if v == "" else int(v) if whole else float(v) for v in values])
    return {"t": kind, "d": base64.b64encode(data.tobytes()).decode()}


def text(values):
    levels = sorted(set(values) - {""})
    return {"t": "text", "levels": levels, "d": base64.b64encode(bytes(levels.index(v) if v else 255 for v in values)).decode()}


def endpoints(rows):
    pfs = "RFS" if "RFS" in rows[0] else "PFS"
    name = lambda n: n.replace("PFS", pfs)
    out = {"BOR": text([r["BOR"] for r in rows]), "PCHG_BEST": column("f4", [r["PCHG_BEST"] for r in rows])}
    for t in TIMES:
        out[name(t)] = column("f8", [r[name(t)] for r in rows])
        if t != "TTR":
            out[name(t) + "_EVENT"] = column("u1", [r[name(t) + "_EVENT"] for r in rows])
    return out


def detail(folder):
    rows = table(folder, "patients")
    seen = table(folder, "assessments")
    happened = [e for e in table(folder, "events") if e["EVENT"] not in ("dose", "rescue dose")]
    both = {"ARM": text([r["ARM"] for r in rows]), "FAILED": column("u1", [r["FAILED"] for r in rows])}
    pick = lambda t, n: [r[n] for r in t]
    return {
        "replicates": 1, "size": len(rows), "size_planned": len(rows),
        "patients": {"n": len(rows), "column": {**both, **endpoints(rows)}},
        "visits": {"n": len(seen), "column": {"ROW": column("u2", pick(seen, "PATIENT")), "DAY": column("f8", pick(seen, "DAY")),
                                              "PCHG": column("f4", pick(seen, "PCHG")), "RESPONSE": text(pick(seen, "RESPONSE"))}},
        "samples": {"n": 0, "column": {}},
        "events": {"n": len(happened), "column": {"ROW": column("u2", pick(happened, "PATIENT")), "DAY": column("f8", pick(happened, "DAY")),
                                                  "EVENT": text(pick(happened, "EVENT"))}},
    }


def main():
    out = []
    for study in STUDIES:
        with tempfile.TemporaryDirectory() as folder:
            for name, change in CHANGES.items():
                run(sys.argv[1], study, change, f"{folder}/{name}")
            resolved = open(f"{folder}/none/resolved.yaml").read()
            criteria = re.search(r"criteria: (.*)", resolved).group(1).split("#")[0].strip().rstrip("},")
            stable = re.search(r"stable_minimum: ([0-9.]+) day", resolved)
            assess = {"criteria": criteria, "confirm": False, "deaths": "event", "progression_day": "visit", "sd_minimum": float(stable.group(1))}
            changed = {n: endpoints(table(f"{folder}/{n}", "patients")) for n in CHANGES if n != "none"}
            out.append({"study": study, "arms": sorted({r["ARM"] for r in table(f"{folder}/none", "patients")}), "assess": assess,
                        "cutoff": CUTOFF, "detail": detail(f"{folder}/none"), "changed": changed})
    json.dump(out, sys.stdout, separators=(",", ":"))


main()
