#!/usr/bin/env python3
"""A lesion through PhysiCell and its fields through BioFVM, beside ours in the same sitting, in turns.

Usage: bench/tissue_peers.py [--physicell DIR] [--biofvm DIR] [--bench DIR] [--cases 2,3,4] [--threads 1,2] [--rounds N] [--json FILE]

  --physicell  PhysiCell 1.14.2 whose sample cancer_immune has been built there: the program is DIR/cancer_immune_3D, its settings
               DIR/sample_projects/cancer_immune/config/PhysiCell_settings.xml. From these a settings file is made with the domain, the ball
               and the killers of our case, nothing saved, killers from the start, of radius 4.84 um, at the surface of the ball.
  --biofvm     BioFVM 1.0.4, or the folder BioFVM of a PhysiCell: bench/biofvm_peer.cpp is built against it (g++ -O3 -march=native).
  --bench      folder of bench_tissue and bench_field (build/release/bench)

Of each: seconds and processor seconds of a simulated minute (minutes 2 to 7, which hold one phenotype step), the smaller of the rounds, and
peak memory. Processor time is what to compare on a machine that does other things, with one thread: threads that wait count, too.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
# half of the domain, ball (um), killers; cases of bench/tissue_case.c whose ball is at least what PhysiCell's sample takes for a tumour
CASES = {2: (750, 250, 7500), 3: (750, 443, 7500), 4: (1000, 755, 7500)}
FIRST, LAST = 1, 7  # simulated minutes between which is measured
VOLUME = """<volume><total units="micron^3">474.9</total><fluid_fraction units="dimensionless">0.75</fluid_fraction>
<nuclear units="micron^3">102.8</nuclear><fluid_change_rate units="1/min">0.05</fluid_change_rate>
<cytoplasmic_biomass_change_rate units="1/min">0.0045</cytoplasmic_biomass_change_rate>
<nuclear_biomass_change_rate units="1/min">0.0055</nuclear_biomass_change_rate>
<calcified_fraction units="dimensionless">0</calcified_fraction><calcification_rate units="1/min">0</calcification_rate>
<relative_rupture_volume units="dimensionless">2.0</relative_rupture_volume></volume>"""


def settings(text, case, threads):
    """PhysiCell's own settings with our case put in."""
    half, ball, killers = CASES[case]

    def put(name, value, times=1):
        nonlocal text
        text, n = re.subn(rf"(<{name}(?: [^>]*)?>)[^<]*", rf"\g<1>{value}", text, count=times)
        if not n:
            sys.exit(f"the settings of PhysiCell have no <{name}>")

    for axis in "xyz":
        put(f"{axis}_min", -half)
        put(f"{axis}_max", half)
    put("max_time", LAST)
    put("omp_num_threads", threads)
    text = re.sub(r"<(full_data|SVG)>(.*?)<enable>true", r"<\1>\2<enable>false", text, flags=re.S)
    put("immune_activation_time", 0)
    put("save_interval_after_therapy_start", 1)  # says the time after each minute
    put("number_of_immune_cells", killers)
    put("tumor_radius", ball)
    put("immune_relative_repulsion", 1)
    put("initial_min_immune_distance_from_tumor", -20)
    put("thickness_of_immune_seeding_region", 40)
    head, immune = text.split('<cell_definition name="immune cell"', 1)
    return head + '<cell_definition name="immune cell"' + immune.replace("</cycle>", "</cycle>" + VOLUME, 1)


def processor(pid):
    """Processor seconds of a process so far, all its threads."""
    field = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(field[11]) + int(field[12])) / os.sysconf("SC_CLK_TCK")


def physicell(folder, case, threads):
    source = folder / "sample_projects/cancer_immune/config/PhysiCell_settings.xml"
    with tempfile.TemporaryDirectory() as place:
        os.mkdir(f"{place}/output")
        file = pathlib.Path(place) / "settings.xml"
        file.write_text(settings(source.read_text(encoding="utf-8"), case, threads), encoding="utf-8")
        seen, agents = {}, 0
        with subprocess.Popen([folder.resolve() / "cancer_immune_3D", file], cwd=place, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as run:
            for line in run.stdout:
                if m := re.match(r"current simulated time: ([\d.e+-]+) min", line):
                    seen[round(float(m[1]))] = (time.monotonic(), processor(run.pid))
                if m := re.match(r"total agents: (\d+)", line):
                    agents = int(m[1])
                if LAST in seen and agents:
                    peak = re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{run.pid}/status").read_text(encoding="ascii"))[1]
                    run.kill()
                    break
        if FIRST not in seen or LAST not in seen:
            sys.exit("cancer_immune_3D did not come to its end")
    wall, cpu = ((b - a) / (LAST - FIRST) for a, b in zip(seen[FIRST], seen[LAST]))
    return {"cells": agents, "s": wall, "cpu": cpu, "mib": int(peak) / 1024}


def ours(folder, case, threads):
    run = subprocess.run([folder / "bench_tissue", str(case), str(threads), str(LAST - FIRST), "rules", "json"], check=True, text=True,
                         stdout=subprocess.PIPE)
    r = json.loads(run.stdout)
    return {"cells": r["cells"], "s": r["s_per_minute"], "cpu": r["cpu_s_per_minute"], "mib": r["peak_mib"], "parts": r["parts_s"],
            "check": r["check"]}


def better(a, b):
    return b if a is None or b["cpu"] < a["cpu"] else a


def lesions(options, out):
    for case in options.cases:
        for threads in options.threads:
            theirs = mine = None
            for _ in range(options.rounds):
                theirs = better(theirs, physicell(options.physicell, case, threads))
                mine = better(mine, ours(options.bench, case, threads))
            print(f"case {case}, {threads} threads: PhysiCell {theirs['cells']} cells {theirs['s']:.3f} s per minute (processor {theirs['cpu']:.3f} s), "
                  f"{theirs['mib']:.0f} MiB; ours {mine['cells']} cells {mine['s']:.3f} s ({mine['cpu']:.3f} s), {mine['mib']:.0f} MiB; "
                  f"ratios {theirs['s'] / mine['s']:.1f} ({theirs['cpu'] / mine['cpu']:.1f}), memory {theirs['mib'] / mine['mib']:.1f}", flush=True)
            out.append({"case": case, "threads": threads, "physicell": theirs, "ours": mine})


def fields(options, out):
    with tempfile.TemporaryDirectory() as place:
        peer = f"{place}/peer"
        sources = [*sorted(options.biofvm.glob("BioFVM_*.cpp")), *options.biofvm.glob("pugixml.cpp")]
        subprocess.run(["g++", "-O3", "-march=native", "-fopenmp", "-std=c++11", "-w", f"-I{options.biofvm}", HERE / "biofvm_peer.cpp", *sources,
                        "-o", peer], check=True)
        for n in (75, 100, 128):
            for threads in options.threads:
                size, steps, best = [str(n)] * 3, {75: 41, 100: 21, 128: 11}[n], [{}, {}]
                for _ in range(options.rounds):
                    for k, program in enumerate((peer, options.bench / "bench_field")):
                        run = subprocess.run([program, *size, str(steps), str(threads), f"{place}/values"], check=True, text=True,
                                             stdout=subprocess.PIPE)
                        said = dict(re.findall(r"^(seconds|processor|difference) (\S+)$", run.stdout, re.M))
                        for key in ("seconds", "processor"):  # M updates of a voxel of a substance in a second
                            best[k][key] = max(best[k].get(key, 0), 2e-6 * n**3 * (steps - 1) / float(said[key]))
                theirs, mine = best
                difference = float(said["difference"])
                print(f"fields {n}^3, {threads} threads: M updates/s BioFVM {theirs['seconds']:.0f}, ours {mine['seconds']:.0f}, ratio "
                      f"{mine['seconds'] / theirs['seconds']:.1f}; by processor time {theirs['processor']:.0f}, {mine['processor']:.0f}, ratio "
                      f"{mine['processor'] / theirs['processor']:.1f}; largest relative difference {difference:.1e}", flush=True)
                out.append({"n": n, "threads": threads, "biofvm": theirs, "ours": mine, "difference": difference})


def main():
    numbers = lambda text: [int(x) for x in text.split(",")]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--physicell", type=pathlib.Path)
    parser.add_argument("--biofvm", type=pathlib.Path)
    parser.add_argument("--bench", type=pathlib.Path, default=HERE.parent / "build/release/bench")
    parser.add_argument("--cases", type=numbers, default=[2, 3, 4])
    parser.add_argument("--threads", type=numbers, default=[1, 2])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    found = {"lesions": [], "fields": []}
    for peer in ("physicell", "biofvm"):
        if not getattr(options, peer):
            print(f"skipped: no --{peer}")
    if options.biofvm:
        fields(options, found["fields"])
    if options.physicell:
        lesions(options, found["lesions"])
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
