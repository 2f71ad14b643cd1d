#!/usr/bin/env python3
"""Records played on linear compartments by an independent way: superposition of matrix exponentials.

A dose's share at time t depends on the time since it alone: exp(A tau) b after a bolus, the integral of that over an infusion; infinitely
many doses before a steady state are a geometric series, (I - exp(A II))^-1. Nothing is integrated and no state is carried from record to
record, which is how the program does it.

Writes tests/data/pk/*.csv: records, and what the four compartments hold at each in the columns E_gut, E_cen, E_per, E_deep. Needs
scipy. Usage: tests/oracles/pk_records.py [folder]
"""
import csv
import pathlib
import sys

import numpy
from scipy.linalg import expm, solve

STATES = ["gut", "cen", "per", "deep"]
PARAMETERS = {"ka": 1.2, "k": 0.15, "k12": 0.0, "k21": 1.0, "k13": 0.0, "k31": 1.0, "F_gut": 1.0, "F_cen": 1.0, "ALAG_gut": 0.0,
              "ALAG_cen": 0.0, "R_cen": 1.0, "D_cen": 1.0}
ITEMS = ["TIME", "EVID", "AMT", "CMT", "RATE", "DUR", "ADDL", "II", "SS"]
TWO = {"k12": 0.3, "k21": 0.12}
THREE = {**TWO, "k13": 0.08, "k31": 0.01}


def rates(p):
    a = numpy.zeros((4, 4))
    a[0, 0], a[1, 0] = -p["ka"], p["ka"]
    a[1, 1] = -(p["k"] + p["k12"] + p["k13"])
    a[1, 2], a[2, 1], a[2, 2] = p["k21"], p["k12"], -p["k21"]
    a[1, 3], a[3, 1], a[3, 3] = p["k31"], p["k13"], -p["k31"]
    return a


class Dose:
    """What one record gives."""

    def __init__(self, record, p):
        self.a = rates(p)
        self.r, self.t, self.ii = record, record["TIME"], record.get("II", 0)
        state = STATES.index(record["CMT"])
        self.b = numpy.eye(4)[state]
        amount = record.get("AMT", 0) * p.get("F_" + record["CMT"], 1)
        self.lag = p.get("ALAG_" + record["CMT"], 0)
        rate, self.duration = record.get("RATE", 0), record.get("DUR", 0)
        if rate == -1:
            rate = p["R_cen"]
        if rate == -2:
            rate, self.duration = 0, p["D_cen"]
        if self.duration:
            rate = amount / self.duration
        elif rate:
            self.duration = amount / rate
        self.rate, self.amount = rate, amount

    def share(self, tau):
        """Of one dose, tau after it."""
        if tau < 0:
            return numpy.zeros(4)
        if not self.rate:
            return expm(self.a * tau) @ self.b * self.amount
        on = min(tau, self.duration)
        filled = solve(self.a, (expm(self.a * on) - numpy.eye(4)) @ self.b) * self.rate
        return expm(self.a * (tau - on)) @ filled

    def before(self, tau):
        """Of all doses II, 2 II, ... before the one that was given tau ago."""
        k, total = 1, numpy.zeros(4)
        while tau + k * self.ii < self.duration or tau + k * self.ii < 0:
            total += self.share(tau + k * self.ii)
            k += 1
        series = solve(numpy.eye(4) - expm(self.a * self.ii), self.share(tau + k * self.ii))
        return total + series

    def at(self, t):
        if not self.r.get("AMT", 0):  # an infusion that has always flowed, and stops here
            return expm(self.a * (t - self.t)) @ solve(self.a, -self.b * self.rate)
        tau = t - self.t - self.lag
        total = sum(self.share(tau - n * self.ii) for n in range(self.r.get("ADDL", 0) + 1))
        return total + (self.before(tau) if self.r.get("SS") else 0)


def play(records, p):
    """The states after each record."""
    doses, out = [], []
    for r in records:
        if r["EVID"] in (3, 4) or r.get("SS") == 1:
            doses = []
        if r["EVID"] in (1, 4):
            doses.append(Dose(r, p))
        out.append(sum((d.at(r["TIME"]) for d in doses), numpy.zeros(4)))
    return out


def dose(t, amount, state="cen", **more):
    return {"TIME": t, "EVID": 1, "AMT": amount, "CMT": state, **more}


def looks(*times):
    return [{"TIME": t, "EVID": 0} for t in times]


SCENARIOS = {
    "bolus": ({}, [dose(0, 100, ADDL=3, II=8), *looks(0, 1, 7.5, 8, 20, 30, 60)]),
    "infusion": ({}, [dose(1, 100, RATE=40, ADDL=2, II=12), *looks(1, 2, 3.5, 10), dose(12, 50, DUR=4),
                      *looks(13, 14, 16, 26, 40)]),
    "overlap": ({}, [dose(0, 100, RATE=10, ADDL=4, II=4), *looks(3, 4, 9, 11, 17, 26, 30, 48)]),
    "oral": ({"F_gut": 0.4, "ALAG_gut": 0.7}, [dose(0, 250, "gut", ADDL=2, II=6), *looks(0.5, 0.7, 1, 3, 6.5, 7, 12, 24)]),
    "two": (TWO, [dose(0, 100), *looks(0.25, 1, 4, 12), dose(12, 30, RATE=15), *looks(13, 14, 20, 96)]),
    "three": (THREE, [dose(0, 100), *looks(0.25, 1, 4, 12), dose(12, 30, "gut"), *looks(13, 14, 20, 96, 400)]),
    "by_model": ({"R_cen": 22.5, "D_cen": 3.5, "F_cen": 0.6}, [dose(0, 90, RATE=-1), *looks(1, 2, 3, 5), dose(6, 90, RATE=-2),
                 *looks(8, 9.4, 9.6, 20)]),
    "reset": (TWO, [dose(0, 100, RATE=5, ADDL=5, II=6), *looks(5, 20), {"TIME": 24, "EVID": 3}, *looks(24, 30),
                    {**dose(31, 60, "gut"), "EVID": 4}, *looks(32, 40)]),
    "same_time": ({}, [dose(0, 100, ADDL=1, II=10), *looks(5), *looks(5), dose(5, 40), *looks(5), dose(5, 30, "gut"), *looks(5, 10),
                       dose(10, 10), *looks(10, 12)]),
    "ss_bolus": (THREE, [dose(2, 100, II=12, SS=1, ADDL=2), *looks(2, 8, 14, 26, 38, 100)]),
    "ss_infusion": (TWO, [dose(0, 100, II=12, SS=1, RATE=25, ADDL=1), *looks(0, 2, 4, 8, 12, 13, 24, 40)]),
    "ss_overlap": (TWO, [dose(0, 100, II=4, SS=1, RATE=10, ADDL=1), *looks(0, 1, 2, 3, 5, 6, 9, 10, 14, 30)]),
    "ss_exact": (TWO, [dose(0, 100, II=5, SS=1, RATE=10), *looks(0, 4, 10, 12)]),
    "ss_oral": ({**THREE, "F_gut": 0.7, "ALAG_gut": 1.5}, [dose(0, 100, "gut", II=24, SS=1, ADDL=2), *looks(0, 1, 1.5, 3, 24, 30, 80)]),
    "ss_long_lag": ({**TWO, "ALAG_gut": 14.5}, [dose(0, 100, "gut", II=6, SS=1, ADDL=1), *looks(0, 2, 2.5, 8, 9, 14, 15, 21, 30)]),
    "ss_lagged_infusion": ({**TWO, "ALAG_cen": 5}, [dose(0, 100, II=6, SS=1, RATE=25, ADDL=1), *looks(0, 2, 3, 4, 5.5, 9.5, 11, 15, 20)]),
    "ss_constant": (THREE, [dose(0, 0, SS=1, RATE=3), *looks(0, 1, 10), dose(12, 40, "gut"), *looks(14, 50)]),
    "ss_twice": (TWO, [dose(0, 100, "gut", II=24, SS=1, ADDL=2), dose(8, 50, "gut", II=24, SS=2, ADDL=1),
                       *looks(8, 12, 24, 30, 36, 60)]),
    "ss_twice_infused": (TWO, [dose(0, 100, II=24, SS=1, RATE=4, ADDL=2), dose(8, 50, II=24, SS=2, RATE=10, ADDL=1),
                               *looks(8, 12, 24, 26, 30, 36, 60)]),
    "ss_slow": ({"k": 0.2, "k12": 0.4, "k21": 0.004}, [dose(0, 100, "gut", II=1, SS=1), *looks(0, 0.5, 1, 10, 1000)]),
    "ss_by_model": ({"R_cen": 30, "D_cen": 4.5, "F_cen": 0.5}, [dose(0, 90, RATE=-2, II=8, SS=1), *looks(1, 4.5, 6),
                    dose(20, 90, RATE=-1, II=8, SS=1), *looks(21, 21.5, 24)]),
}


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent / "data" / "pk"
    for name, (changed, records) in SCENARIOS.items():
        p = {**PARAMETERS, **changed}
        with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(ITEMS + list(changed) + ["E_" + s for s in STATES])
            for r, y in zip(records, play(records, p)):
                out.writerow([r.get(i, ".") for i in ITEMS] + list(changed.values()) + [repr(float(x)) if abs(x) > 1e-12 else "0" for x in y])


main()
