#!/usr/bin/env python3
"""The published models by an independent way: their equations written again for SciPy, from the papers, not from our files.

    tests/oracles/venv.sh run tests/oracles/published_scipy.py

Reads tests/data/published/cases.csv and writes one table of states per case beside it. Where a model has a closed form
(Stein 2019) that form is the oracle. Tolerance 1e-12 relative, which gives 1e-10 or better over the spans at hand.
"""
import csv
import pathlib
from math import exp, log

import numpy as np
from scipy.integrate import solve_ivp

DATA = pathlib.Path(__file__).resolve().parent.parent / "data" / "published"


class Case:
    def __init__(self, name, model):
        self.name, self.model, self.set, self.doses = name, model, {}, []
        self.end = self.steps = None


def cases():
    found = {}
    with open(DATA / "cases.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            case = found.setdefault(row["case"], Case(row["case"], row["model"]))
            if row["what"] == "set":
                case.set[row["name"]] = float(row["value"])
            elif row["what"] == "dose":
                case.doses.append((float(row["time"]), row["name"], float(row["value"])))
            else:
                case.end, case.steps = float(row["time"]), int(row["value"])
    return found.values()


def kimmel(v):
    p = {"r_B": 0.105} | v
    K_N, K_C = 2.5e11, 6.96e10

    def rhs(t, y):
        n, c, b = y
        total = n + c
        distance = (total - K_N) ** 2
        r_c = 0.0251 + 0.525 * distance / (0.423 * total**2 + distance)
        return [0.17 * n * log(K_N / total), r_c * c * log(K_C / total), b * (p["r_B"] - 1.15 * c / (2.024e9 + c))]

    return {"N": 3e9, "C": 1.8e8, "B": 9.486e10}, rhs


def mueller(v):
    p = {"V0": 85.7, "ASCT": 0, "ratio": 1, "low": 0} | v
    base = 7e-4 if p["low"] else 0.00846 * p["ratio"] ** -0.385
    grow = base * (1 + 2.53 * p["ASCT"])

    def rhs(t, y):
        n, cm, em, eff, tumour = y
        expand = lambda x: grow * tumour * x / (1.13 + x)
        killing = (2.57 * n + 4.04 * cm + 3.78 * em + 4.24 * eff) * tumour / (276 + tumour)
        return [
            expand(n) + 0.0005 * n - 0.14 * n - 0.0104 * n,
            expand(cm) + 0.007 * cm + 0.14 * n - 0.191 * cm - 0.0104 * cm,
            expand(em) + 0.007 * em + 0.191 * cm - 0.355 * em - 0.0104 * em,
            0.355 * em - 0.518 * eff,
            0.0023 * (1 - tumour / 5000) * tumour - killing,
        ]

    return {"TN": 0.1, "TCM": 0.1, "TEM": 0.1, "TEff": 0.1, "V": p["V0"]}, rhs


def minucci(v):
    p = {"weight": 73, "f_CD8": 0.333, "B0": 1e7, "ndiv": 21.41559, "fmem": 2.514715e-3} | v
    amplify = 2 ** p["ndiv"]
    die_inf, die_eff = 1 / 9.606881, 1 / 3.101849

    def rhs(t, y):
        i8, i4, e8, e4, m8, m4, b, h = y
        nM = 5000 * b / (5 * 6.022e14)
        occupied = nM / (1 + nM)
        on8, on4 = 24 / 18 * occupied * i8, 24 / 36 * occupied * i4
        return [
            -on8 - die_inf * i8,
            -on4 - die_inf * i4,
            amplify * on8 - die_eff * e8,
            amplify * on4 - die_eff * e4,
            p["fmem"] * die_eff * e8 - m8 / 180,
            p["fmem"] * die_eff * e4 - m4 / 240,
            log(2) / 16 * b - 1e-9 * 86400 * occupied * e8 * b,
            5e8 * 5 / 30 - h / 30,
        ]

    dose = p["weight"] * 1e6
    start = {"I8": p["f_CD8"] * dose, "I4": (1 - p["f_CD8"]) * dose, "E8": 0, "E4": 0, "M8": 0, "M4": 0}
    return start | {"B": p["B0"], "H": 0.1 * 5e8 * 5}, rhs


def hardiansyah(v):
    patients = {
        "upn1": dict(b=4.14, r=16.16, d=23.04, a=0.024, k=0.19, p=(1.8e-3, 0.7e-3, 0.3e-3), base=(1.7, 4.5, 2.3)),
        "upn3": dict(b=0.93, r=14.40, d=1.44, a=0.12, k=2.21, p=(0.6e-2, 1.7e-2, 0.6e-2), base=(1.0, 0.5, 1.7)),
    }
    start = {}
    for name, p in patients.items():
        start |= {f"{name}.B": p["b"]} | {f"{name}.{s}": 0.0 for s in ("E", "Et", "M", "Mt")}
        start |= dict(zip((f"{name}.{s}" for s in ("IL6", "IL10", "IFNG")), p["base"]))

    def one(p, y):
        b, e, et, m, mt, il6, il10, ifng = y
        sat = b / (b + 1e5)
        make, wake = p["a"] * e * (1 - sat), 1.0 * m * sat
        out_e, out_m = 76.78 * e - 1.84 * et, 76.78 * m - 1.84 * mt
        contact = b * e * 1e9 * 1e9 / 1e15 * 1e3
        held = 0.59 + 0.41 * 650 / (650 + il10)
        return [
            (0.0093 - 0.0076) * b - p["k"] * e * b,
            p["r"] * e * b - p["d"] * e - out_e - make + wake,
            out_e,
            (0.0509 - 0.408) * m - out_m + make - wake,
            out_m,
            p["p"][0] * contact - 3.96 * (il6 - p["base"][0]),
            p["p"][1] * contact - 4.68 * (il10 - p["base"][1]),
            p["p"][2] * contact * held - 1.51 * (ifng - p["base"][2]),
        ]

    return start, lambda t, y: one(patients["upn1"], y[:8]) + one(patients["upn3"], y[8:])


def singh(v):
    # organ: flow, lymph, vascular volume, extravascular volume, transmigration
    organ = {
        "Lung": (373, 0.0746, 0.0295, 0.0384, 4705.13),
        "Spleen": (8.18, 0.00164, 0.0154, 0.0254, 1799.76),
        "Kidney": (68.5, 0.0137, 0.0289, 0.0788, 296.75),
        "Brain": (11.8, 0.00236, 0.0107, 0.0873, 1.4),
        "Other": (192.82, 0.0386, 0.55209, 4.11183, 86.8),
        "GI": (75.4, 0.0151, 0.0166, 0.1815, 9.05),
        "Liver": (10.3, 0.00206, 0.164, 0.385, 716.49),
    }
    states = ["Blood"] + [f"{s}_{o}" for o in organ for s in "CE"]
    states += ["LN", "C_Tumour", "A_tumour", "complex", "K1", "K2", "K3", "K4", "V_Tumour"]
    q_t, l_t = 6.0, 0.0012

    def rhs(t, y):
        s = dict(zip(states, y))
        d = dict.fromkeys(states, 0.0)
        lung = s["C_Lung"]
        inflow = {o: organ[o][0] * lung for o in organ}
        inflow["Lung"] = (373 + 0.0746) * s["Blood"]
        out = {o: organ[o][0] - organ[o][1] for o in organ}
        out["Lung"] = 373
        out["Liver"] = sum(organ[o][0] - organ[o][1] for o in ("GI", "Spleen", "Liver"))
        for o in ("GI", "Spleen"):
            inflow["Liver"] += out[o] * s[f"C_{o}"]
        back = lymph = 0.0
        for o, (q, l, vv, ve, j) in organ.items():
            c, e = s[f"C_{o}"], s[f"E_{o}"]
            cross = j * vv * c
            d[f"C_{o}"] = (inflow[o] - cross - out[o] * c) / vv
            d[f"E_{o}"] = (cross - l * e) / ve
            lymph += l * e
            if o not in ("Lung", "GI", "Spleen"):
                back += out[o] * c
        d["E_Liver"] -= 0.0288 * s["E_Liver"]
        vv, ve = 0.113 * s["V_Tumour"], 0.887 * s["V_Tumour"]
        k_d, packing, car, taa = 1.2767e13, 1e8, 5000, 100000
        leave = l_t * (s["A_tumour"] / ve - s["complex"] / car)
        x = s["complex"] / packing
        cross = 10.35 * vv * s["C_Tumour"]
        d["C_Tumour"] = (q_t * lung - cross - (q_t - l_t) * s["C_Tumour"]) / vv
        d["A_tumour"] = cross - leave + 0.0906 * x / (x + 5.18) * s["A_tumour"]
        unbound = (car * s["A_tumour"] / ve - s["complex"]) * (packing * taa - s["complex"])
        d["complex"] = 3.6 / k_d * unbound - 3.6 * s["complex"]
        kill = 0.0486 * x / (x + 9.94)
        for into, source in (("K1", kill), ("K2", s["K1"]), ("K3", s["K2"]), ("K4", s["K3"])):
            d[into] = (source - s[into]) / 21.6
        d["V_Tumour"] = (0.00305 - s["K4"]) * s["V_Tumour"]
        node = 0.14926 * s["LN"]
        d["LN"] = (lymph + leave - node) / 0.113
        d["Blood"] = (back + (q_t - l_t) * s["C_Tumour"] + node - inflow["Lung"]) / 0.944
        return [d[name] for name in states]

    return dict.fromkeys(states, 0.0) | {"Blood": 1e4, "V_Tumour": 0.02}, rhs


def leon_2020(v):
    def rhs(t, y):
        c, l, b = y
        return [1.125e-11 * (l + b) * c - c / 14, (0.03333333333 - 4.5e-11 * c) * l, -(4.5e-11 * c + 1 / 60) * b]

    return {"C": 1e7, "L": 5e10, "B": 2.5e10}, rhs


def leon_2021(v):
    def tumour(c, t, alpha_1, extra):
        dc = extra + 0.9 * c * t / (1e10 + t) - alpha_1 * t * c / (2e9 + c) - c / 7
        return [dc, 0.02 * t - 2.5e-10 * c * t]

    def rhs(t, y):
        c, s, c2, t2, d, b = y
        migrate = 0.2 * d
        off = [0.9 * d * b / (1e10 + b) - d / 7 - migrate, -4.5e-11 * b * d - b / 60]
        return tumour(c, s, 0.04, 0) + tumour(c2, t2, 0.02, migrate) + off

    return {"single.C": 4e8, "single.T": 6.7e9, "dual.C": 0, "dual.T": 3.35e10, "D": 2e8, "B": 2.5e10}, rhs


def sahoo(v):
    p = dict(rho=0.230303627, K_inv=0.558779003, kappa_1=0.399998831, kappa_2=0.046346801, theta=0.023015543)
    p |= dict(c_0=0.0, c_3=0.0, X0=0.4633) | v

    def rhs(t, y):
        x, z, drug = y
        cleared = exp(-t * log(2) / 3.33)
        return [
            p["rho"] * x - p["rho"] * p["K_inv"] * x * x - p["c_0"] * cleared * x - p["kappa_1"] * x * z,
            p["kappa_2"] * x * z - (p["theta"] + p["c_3"] * cleared) * z,
            -log(2) / 3.33 * drug,
        ]

    return {"X": p["X0"], "Y": 0.125, "drug": 1.0}, rhs


def pillis_2005(v):
    c_nk = v.get("c", 0.0323)

    def rhs(t, y):
        tumour, nk, cd8 = y
        tumour, cd8 = max(tumour, 0.0), max(cd8, 0.0)  # a trial step may overshoot
        up = cd8**1.36
        lysis = 5.8 * tumour * up / (up + 0.25 * tumour**1.36)
        return [
            0.51421554 * tumour * (1 - 1.023466211e-4 * tumour) - c_nk * nk * tumour - lysis,
            0.13 - 0.0412 * nk + 0.0249 * nk * tumour**2 / (2.019e-3 + tumour**2) - 0.01 * nk * tumour,
            -0.02 * cd8 + 0.0374 * cd8 * lysis**2 / (2.019e-3 + lysis**2) - 3.422e-5 * cd8 * tumour + 0.011 * nk * tumour,
        ]

    return {"T": 0.1, "N": 0.003, "L": 0.0}, rhs


def pillis_2009(v):
    d = v.get("d", 0.0)

    def rhs(time, y):
        t, n, l, c, m, i = y
        chemo = 1 - exp(-1.8328 * m)
        x = (l / t) ** 2.09
        return [
            0.431 * t * (1 - 1.02e-9 * t) - 2.9077e-13 * n * t - d * x / (3.8e-3 + x) * t - 0.9 * chemo * t,
            0.0125 * (0.111 * c - n) - 2.794e-13 * n * t + 0.0668 * n * i / (2.5036e5 + i) - 0.0675 * chemo * n,
            -2.5036e-3 * 0.009 * l / (2.5036e-3 + i) + 0.01245 * t * l / (2.019e7 + t) - 3.422e-10 * l * t
            + (2.9077e-11 * n + 5.8467e-13 * c) * t - 4.417e-14 * l * l * c * i / (2503.6 + i)
            - 0.0486 * chemo * l + 2.971 * l * i / (2503.6 + i),
            0.0063 * (2.25e9 - c) - 0.034 * chemo * c,
            -0.5199 * m,
            -11.7427 * i + 2.38405e-7 * c + 0.07874 * l * i / (2503.6 + i),
        ]  # fmt: skip

    return {"T": 1e7, "N": 2.5e8, "L": 526800.0, "C": 2.25e9, "M": 0.0, "I": 1073.0}, rhs


def stein_closed(t):
    c_max, fold, t_max, a, fb, b = 24000.0, 3900.0, 9.3, 0.16, 0.0079, 0.0032
    if t <= t_max:
        return {"E": c_max / fold * exp(log(fold) / t_max * t), "M": 0.0}
    fast, slow = exp(-a * (t - t_max)), exp(-b * (t - t_max))
    return {"E": c_max * fast, "M": fb * c_max * (slow - fast)}


MODELS = {
    "kimmel-2021": kimmel,
    "mueller-schoell-2021": mueller,
    "minucci-2024": minucci,
    "hardiansyah-2019": hardiansyah,
    "singh-2020": singh,
    "leon-triana-2020": leon_2020,
    "leon-triana-2021": leon_2021,
    "sahoo-2020": sahoo,
    "de-pillis-2005": pillis_2005,
    "de-pillis-2009": pillis_2009,
}


def solve(case):
    start, rhs = MODELS[case.model](case.set)
    names, y, t = list(start), np.array(list(start.values()), dtype=float), 0.0
    looks = [case.end * i / case.steps for i in range(case.steps + 1)]
    table = {}
    for until, name, value in [*sorted(case.doses), (case.end, None, 0.0)]:
        ask = [u for u in looks if t <= u < until or u == until == case.end]
        if until > t:
            s = solve_ivp(rhs, (t, until), y, method="LSODA" if case.model != "singh-2020" else "Radau",
                          rtol=1e-12, atol=1e-22, t_eval=sorted({*ask, until}))  # fmt: skip
            assert s.success, s.message
            at = dict(zip(s.t, s.y.T))
            table |= {u: at[u] for u in ask}
            y, t = s.y[:, -1].copy(), until
        if name:
            y[names.index(name)] += value
    return names, table


def kimmel_cure(days):
    """Probability that the typical patient of Kimmel 2021 is cured by each day: 100 cells that divide and die independently
    from the moment the tumour reaches 100 (Kendall 1948: J/(1 + J) with J the integral of deaths times exp of net loss)."""
    start, rhs = kimmel({})
    down = lambda t, y: y[2] - 100
    down.terminal, down.direction = True, -1
    s = solve_ivp(rhs, (0, 100), list(start.values()), method="LSODA", rtol=1e-11, atol=1e-3, events=down)
    day, y = s.t_events[0][0], s.y_events[0][0]

    def more(t, z):
        n, c, _ = z[:3]
        die = 1.15 * c / (2.024e9 + c)
        return [*rhs(t, [n, c, 1.0])[:2], 0.0, die - 0.105, die * exp(z[3])]

    s = solve_ivp(more, (day, max(days)), [*y[:2], 0, 0, 0], method="LSODA", rtol=1e-11, atol=1e-12, t_eval=days)
    assert s.success, s.message
    return [(j / (1 + j)) ** 100 for j in s.y[4]]


def write_cure():
    days = list(range(45, 205, 5))
    with open(DATA / "kimmel_cure.csv", "w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        write.writerow(["day", "cured"])
        write.writerows([day, f"{p:.10g}"] for day, p in zip(days, kimmel_cure(days)))


def main():
    write_cure()
    for case in cases():
        if case.model == "stein-2019":
            names = ["E", "M"]
            looks = [case.end * i / case.steps for i in range(case.steps + 1)]
            table = {t: [stein_closed(t)[n] for n in names] for t in looks}
        else:
            names, table = solve(case)
        with open(DATA / f"{case.name}.csv", "w", encoding="utf-8", newline="") as file:
            write = csv.writer(file, lineterminator="\n")
            write.writerow(["time", *names])
            for t, state in sorted(table.items()):
                write.writerow([f"{t:.15g}", *(f"{x:.12g}" for x in state)])
        print(f"{case.name}: {len(table)} times, {len(names)} states")


if __name__ == "__main__":
    main()
