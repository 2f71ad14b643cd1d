#!/usr/bin/env python3
"""The killing law of the core model fitted to a killing assay of PBT1 glioma cells (evidence/outcomes.csv V20.1, role FIT).

    python3 tests/oracles/killing_assay.py          # the values of models/small/killing-assay.ant and their errors
    python3 tests/oracles/killing_assay.py --fit    # the fit again, from several starts (about a minute)

One set of eight values for E:T 1:4, 1:8 and 1:20 together: attributes of the product (kappa, rho_ag, d0, z0; ranges of
evidence/core_parameters.csv), the tumour line (g, K), the assay (V, k_det). h_d, e_k, k_a, k_off stay what they are in the core
model. Least squares of the cell index, each ratio divided by the error of the published model (CARRGO, five values for each ratio,
Brummer 2022) over the window that the paper fitted; the counts of CAR-T cells at the end weigh little (0.3 index).
The equations are written again here, for SciPy: an oracle of the Antimony file as well. Needs numpy and scipy.
"""
import argparse
import csv
import pathlib

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import least_squares

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
N_CI = 1e4  # cells per unit of cell index
H_D, E_K, K_A, K_OFF = 1e6, 0.015, 2.5, 0.15
# column: rows fitted, effectors, effectors at the end (index), RMSE of the published model
WELLS = {"et_1_4": (340, 0.25, 0.6598, 0.031570),
         "et_1_8": (552, 0.125, 0.4155, 0.031927),
         "et_1_20": (552, 0.05, 0.33095, 0.047558)}
NAMES = ["kappa", "rho_ag", "d0", "z0", "g", "K", "V", "k_det"]
VALUE = [20, 2.476, 0.05, 2.290, 6.716, 12088, 4.396e-3, 4.150]
LOW = [1, 0.05, 0.05, 2, 0.5, 8e3, 2e-4, 0.7]
HIGH = [20, 3, 1, 16, 14, 6e4, 0.15, 48]


def data():
    with open(ROOT / "evidence" / "data" / "carrgo_pbt1.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    t = np.array([float(r["time_h"]) for r in rows]) / 24
    return t - t[0], {k: np.array([float(r[k]) for r in rows]) for k in WELLS}


def simulate(x, t, index_0, effectors):
    kappa, rho, d0, z0, g, K, V, k_det = x

    def rhs(_, y):
        T, E, A, Z, W = np.maximum(y, 0)
        s = T / (H_D * V + T + E)
        act = min(1, A / (E + 1e-9))
        a = act + (1 - act) * s * K_A / (K_A + K_OFF)
        kills = kappa * a * E * s
        z = Z / (E + 1e-9)
        p = rho * a * z**3 / (1 + z**3)
        net = p - d0 - E_K * kappa * a * s
        return [g * T * (1 - T / K) - kills, net * E, (K_A * s * (1 - act) - K_OFF * (1 - s) * act) * E + act * net * E,
                z * net * E - p * E / np.log(2), kills - k_det * W]

    start = [N_CI * index_0, N_CI * effectors, 0, z0 * N_CI * effectors, 0]
    y = solve_ivp(rhs, (0, t[-1]), start, t_eval=t, method="LSODA", rtol=1e-7, atol=1e-4).y
    return (y[0] + y[4]) / N_CI, y[1] / N_CI


def residuals(log_x, t, index, every):
    r = []
    for name, (rows, effectors, end, rmse) in WELLS.items():
        at = np.unique(np.append(np.arange(0, rows, every), rows - 1))
        ours, E = simulate(np.exp(log_x), t[at], index[name][0], effectors)
        r += list((ours - index[name][at]) / rmse / np.sqrt(len(at))) + [(E[-1] - end) / 0.3]
    return np.array(r)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fit", action="store_true")
    t, index = data()
    x = np.array(VALUE, dtype=float)
    if parser.parse_args().fit:
        low, high, random = np.log(LOW), np.log(HIGH), np.random.default_rng(1)
        best = None
        for start in range(6):
            fit = least_squares(residuals, low + (high - low) * random.random(len(low)), bounds=(low, high), args=(t, index, 8))
            print(f"start {start}: {fit.cost:.4f}")
            best = fit if best is None or fit.cost < best.cost else best
        x = np.exp(best.x)
    for name, value, low, high in zip(NAMES, x, LOW, HIGH):
        edge = ", at the edge of its range" if value < 1.001 * low or value > 0.999 * high else ""
        print(f"{name:8} {value:.5g} ({low:g} to {high:g}{edge})")
    for name, (rows, effectors, end, rmse) in WELLS.items():
        ours, E = simulate(x, t[:rows], index[name][0], effectors)
        e = np.sqrt(np.mean((ours - index[name][:rows])**2))
        print(f"{name}: RMSE {e:.4f}, published model {rmse:.4f}, ratio {e / rmse:.2f}; effectors at the end {E[-1]:.3f} (counted {end})")


if __name__ == "__main__":
    main()
