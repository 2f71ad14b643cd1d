#!/usr/bin/env python3
"""The tables of a run, scored again by the rules of docs/reference/endpoints.md, agree with runs
under those options and with an earlier horizon. An implementation of its own. Where the viewer's libraries are there,
its re-scoring is held to the same run (viewer/tests/unit).

usage: rescore.py PERFORIN STUDY"""
import csv, math, os, re, shutil, subprocess, sys, tempfile

NEAR = 1e-9
ORDER = ["CR", "PR", "SD", "PD", "NE"]


def rows(folder, name):
    with open(os.path.join(folder, name), newline="") as f:
        return list(csv.DictReader(f))


def number(text):
    return float(text) if text else math.nan


def of_patients(table):
    found = {}
    for row in table:
        found.setdefault((row["REPLICATE"], row["PATIENT"]), []).append(row)
    return found


def best_of(visits, confirm, stable):
    """Rules 6 and 7: the best response, and the day on which it began."""
    best, began, first, complete = "NE", math.nan, math.nan, math.nan
    for v in visits:
        day, seen = float(v["DAY"]), v["RESPONSE"]
        counts = "NE"
        if seen == "NE":
            pass
        elif not confirm:
            counts = "NE" if seen == "SD" and day < stable else seen
            if seen in ("CR", "PR") and math.isnan(began):
                began = day
        first = math.nan if seen not in ("CR", "PR") else day if math.isnan(first) else first
        complete = math.nan if seen != "CR" else day if math.isnan(complete) else complete
        if confirm:
            lasts = day - first >= 28 * (1 - NEAR)
            if lasts and math.isnan(began):
                began = first
            if day - complete >= 28 * (1 - NEAR):
                counts = "CR"
            elif lasts:
                counts = "PR"
            elif seen in ("CR", "PR", "SD") and day >= stable:
                counts = "SD"
            elif seen == "PD":
                counts = "PD"
        best = min(best, counts, key=ORDER.index)
    return best, began


def score(patient, visits, events, how):
    end = next(e for e in events if e["EVENT"] in ("death", "dropout", "end"))
    until = min(float(end["DAY"]), how["cutoff"])
    died = end["EVENT"] == "death" and float(end["DAY"]) <= how["cutoff"]
    death = max(0.0, float(end["DAY"]))
    visits = [v for v in visits if float(v["DAY"]) <= until]
    at = next((i for i, v in enumerate(visits) if v["RESPONSE"] == "PD"), None)
    if at is not None:
        visits = visits[: at + 1]
    days = [0.0] + [float(v["DAY"]) for v in visits]
    if at is not None:
        pfs, event = (0.5 * (days[-2] + days[-1]) if how["midpoint"] else days[-1]), 1
    elif died and not how["censored"]:
        pfs, event = death, 1
    else:
        pfs, event = days[-1], 0
    best, began = best_of(visits, how["confirm"], how["stable"])
    out = {"PFS": pfs, "PFS_EVENT": event, "BOR": best,
        "OS": death if died else until, "OS_EVENT": int(died),
        "TTR": began if best in ("CR", "PR") else math.nan}
    out["DOR"] = pfs - out["TTR"]
    change = [number(v["PCHG"]) for v in visits]
    out["PCHG_BEST"] = min(change) if change else math.nan
    out["PD_REASON"] = "death" if at is None and event else "none"
    if at is not None:
        v, before = visits[-1], float(visits[-2]["NADIR"] if at else patient["BASELINE_SLD"])
        grew = float(v["SLD"]) >= how["grow"] * before * (1 - NEAR) and \
            float(v["SLD"]) - before >= 5 * (1 - NEAR)
        out["PD_REASON"] = "target lesions" if v["NEW_LESION"] != "1" else \
            "target lesions and new lesion" if grew else "new lesion"
    return out


def differences(base, other, how):
    visits, events = of_patients(rows(base, "assessments.csv")), of_patients(rows(base, "events.csv"))
    expected = of_patients(rows(other, "patients.csv"))
    bad = compared = 0
    for who, (patient,) in of_patients(rows(base, "patients.csv")).items():
        if patient["FAILED"] == "1":
            continue
        got, (want,) = score(patient, visits.get(who, []), events[who], how), expected[who]
        for key, x in got.items():
            compared += 1
            y = want[key if key in want else key.replace("PFS", "RFS")]
            same = x == y if isinstance(x, str) else \
                (math.isnan(x) and not y) or (y and abs(x - float(y)) <= how["slack"])
            if not same:
                bad += 1
                if bad < 6:
                    print("differs:", who, key, x, y)
    return bad, compared


def run(perforin, study, out, replicates=4):
    subprocess.run([perforin, "run", study, "--replicates", str(replicates), "--out", out],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return out


def page_differs(page):
    """The viewer scores the patients of the page as the run did; nothing is said without its libraries."""
    viewer = os.path.join(os.path.dirname(__file__), "../../viewer")
    if not shutil.which("node") or not os.path.exists(os.path.join(viewer, "node_modules/vitest/vitest.mjs")):
        print("page: not scored (tools/page.sh ready)")
        return 0
    done = subprocess.run(["node", "node_modules/vitest/vitest.mjs", "run", "score", "course"], cwd=viewer,
        env=dict(os.environ, PERFORIN_PAGE=os.path.abspath(page)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print("page:", "scored as the run was" if done.returncode == 0 else done.stdout)
    return done.returncode


def main():
    perforin, path = sys.argv[1:3]
    text = open(path).read()
    imaging = re.search(r"imaging: *\{([^}]*)\}", text).group(1)
    plain = re.sub(r", *confirm: *\w+", "", imaging)
    folder = tempfile.mkdtemp()
    # The inputs of a run stand by themselves: variants of the study go beside its copy there.
    first = run(perforin, path, os.path.join(folder, "first"), 1)
    inputs = next(at for at, _, files in os.walk(os.path.join(first, "inputs"))
        if os.path.basename(path) in files)
    lugano = "Lugano" in text
    base = {"cutoff": math.inf, "confirm": False, "censored": False, "midpoint": False,
        "stable": 42.0, "slack": 0.0, "grow": math.sqrt(1.5) if lugano else 1.2}
    cases = {"plain": {}, "confirmed": {"confirm": True}, "censored": {"censored": True},
        "midpoint": {"midpoint": True}, "stable": {"stable": 100.0},
        "all": {"confirm": True, "censored": True, "midpoint": True, "stable": 100.0},
        "earlier": {"cutoff": 300.0, "slack": 0.01}}
    # A step of the integration ends at the horizon, which moves what comes before by less than 0.01.
    total, compared = page_differs(os.path.join(first, "report.html")), 0
    for name, change in cases.items():
        how = dict(base, **change)
        extra = f"{plain}, confirm: {'yes' if how['confirm'] else 'no'}, stable: {how['stable']:g} day"
        new = text.replace("{" + imaging + "}", "{" + extra + "}" +
            f"\n  deaths: {'censored' if how['censored'] else 'event'}" +
            f"\n  progression_day: {'midpoint' if how['midpoint'] else 'visit'}")
        if how["cutoff"] < math.inf:
            new = re.sub(r"(?m)^horizon:.*$", f"horizon: {how['cutoff']:g} day", new)
        study = os.path.join(inputs, f"{name}.yaml")
        with open(study, "w") as f:
            f.write(new)
        out = run(perforin, study, os.path.join(folder, name))
        bad, n = differences(os.path.join(folder, "plain"), out, how)
        print(f"{name}: {bad} of {n} values differ")
        total, compared = total + bad, compared + n
    subprocess.run(["rm", "-r", folder], check=True)
    return 1 if total or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
