#!/usr/bin/env python3
"""How simulated patients progress: the figures by which control arms are judged and which no endpoint holds.

    python3 tools/control_shares.py RUN_FOLDER...

For each arm of patients.csv, the mean over replicates and the central 95 % of them: which share of the events of
progression-free survival are deaths, which share of the progressions show a new lesion, which only a new lesion, and
the median survival after progression (Kaplan-Meier, all replicates together). Needs the standard library only.
"""
import collections
import csv
import os
import sys

MONTH = 30.4375


def quantile(values, q):
    values = sorted(values)
    place = q * (len(values) - 1)
    low = int(place)
    return values[low] + (place - low) * (values[min(low + 1, len(values) - 1)] - values[low])


def share(counts, part, whole):
    """Mean and central 95 % of sum(part)/sum(whole) over replicates, in percent."""
    values = []
    for c in counts:
        n = sum(c[w] for w in whole)
        if n:
            values.append(100 * sum(c[p] for p in part) / n)
    if not values:
        return "-"
    return f"{sum(values) / len(values):.0f} % [{quantile(values, 0.025):.0f}, {quantile(values, 0.975):.0f}]"


def kaplan_meier_median(times):
    """Median of [(time, event)], or None where it is not reached."""
    deaths, leave = collections.Counter(), collections.Counter()
    for time, event in times:
        leave[time] += 1
        deaths[time] += event
    at_risk, survival = len(times), 1.0
    for time in sorted(leave):
        survival *= 1 - deaths[time] / at_risk
        at_risk -= leave[time]
        if survival <= 0.5:
            return time
    return None


def main(folder):
    counts = collections.defaultdict(lambda: collections.defaultdict(collections.Counter))
    after = collections.defaultdict(list)
    with open(os.path.join(folder, "patients.csv"), newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if not row["PFS"]:
                continue
            counts[row["ARM"]][row["REPLICATE"]][row["PD_REASON"]] += 1
            if row["PD_REASON"] not in ("none", "death"):
                after[row["ARM"]].append((float(row["OS"]) - float(row["PFS"]), int(row["OS_EVENT"])))
    progressions = ("target lesions", "new lesion", "target lesions and new lesion")
    for arm in sorted(counts):
        per_replicate = list(counts[arm].values())
        median = kaplan_meier_median(after[arm])
        print(f"{folder}: {arm}, {len(per_replicate)} replicates, simulated")
        print("  deaths among events of PFS      ", share(per_replicate, ("death",), progressions + ("death",)))
        print("  new lesion among progressions   ", share(per_replicate, progressions[1:], progressions))
        print("  only a new lesion               ", share(per_replicate, ("new lesion",), progressions))
        print("  median survival after it        ", "not reached" if median is None else f"{median / MONTH:.1f} months")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for path in sys.argv[1:]:
        main(path)
