#!/usr/bin/env python3
"""Run the studies of control arms and print, as a Markdown table, what was published and what the populations give.

    python3 tools/controls.py [--perforin build/release/perforin] [--replicates 100] [NAME...]

NAME is that of a file in studies/controls, without ending; all of them by default. A study without published figures is
listed with the medians of its arm. Runs go to a temporary folder. Exits with 1 when a run fails.
Needs the standard library only.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

MONTH = 30.4375


def shown(value, unit, name):
    if value is None:
        return "not reached"
    if unit == "share" or " at " in name or name in ("ORR", "CR", "DCR"):
        return f"{100 * value:.1f} %"
    return f"{value / MONTH:.1f} mo"


def figures(summary):
    """[(endpoint, published, simulated, verdict)] of all roles."""
    rows = []
    for group in (summary.get("expectations") or {}).values():
        for f in group.get("figures", []):
            rows.append((f["written"], shown(f["published"], f["unit"], f["written"]),
                         shown(f["simulated_mean"], f["unit"], f["written"]), f.get("verdict", "")))
    return rows


def medians(summary):
    found = {e["endpoint"]: e.get("median") for e in summary["arms"][0]["endpoints"]}
    return [(name, "", shown(found[name], "day", name), "") for name in ("PFS", "RFS", "OS") if name in found]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--perforin", default="build/release/perforin")
    parser.add_argument("--replicates", type=int, default=100)
    parser.add_argument("name", nargs="*")
    o = parser.parse_args()
    names = o.name or sorted(f[:-5] for f in os.listdir("studies/controls") if f.endswith(".yaml"))
    failed = 0
    print("| population | endpoint | published | simulated | verdict |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            out = os.path.join(folder, name)
            run = subprocess.run([o.perforin, "run", f"studies/controls/{name}.yaml", "--replicates", str(o.replicates),
                                  "--out", out, "-q"], stdout=subprocess.DEVNULL)
            if run.returncode:
                print(f"| {name} | | | the run failed | |")
                failed = 1
                continue
            with open(os.path.join(out, "summary.json"), encoding="utf-8") as file:
                summary = json.load(file)
            for row in figures(summary) or medians(summary):
                print(f"| {name} | " + " | ".join(row) + " |", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
