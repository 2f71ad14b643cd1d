#!/usr/bin/env python3
"""Snapshots as AnnData sees them: snapshot_h5ad.py TEST_SNAPSHOT

Has the test program write snapshots and the table of cells, reads the .h5ad with the anndata package and, where it is there, has
squidpy find neighbours in it, and compares every column with cells.csv. Without anndata: 77, skipped.
"""
import csv
import pathlib
import subprocess
import sys
import tempfile

try:
    import anndata
except ImportError:
    print("skipped: the anndata package is not installed")
    sys.exit(77)


def same(column, rows, key, tolerance=0.0):
    for have, row in zip(column, rows, strict=True):
        want = float(row[key] or 0)
        assert abs(float(have) - want) <= tolerance * abs(want), (key, have, row)


def compare(data, rows):
    assert list(data.obs_names) == [row["id"] for row in rows]
    for k in ("type", "state"):
        assert list(data.obs[k]) == [row[k] for row in rows], k
    for k in ("phase", "class"):
        assert ["" if v != v else v for v in data.obs[k]] == [row[k] for row in rows], k
    for k in ("mother", "divisions", "kills", "moves", "target"):
        same(data.obs[k], rows, k)
    same(data.obs["radius"], rows, "radius_um")
    killers = [i for i, row in enumerate(rows) if row["class"]]
    for k in ("granules", "exhaustion"):
        same(data.obs[k].iloc[killers], [rows[i] for i in killers], k, 1e-6)
    for d, k in enumerate(("x_um", "y_um", "z_um")):
        same(data.obsm["spatial"][:, d], rows, k)
    for k, name in enumerate(data.var_names):
        if data.var["kind"].iloc[k] != "substance":
            same(data.X[:, k], rows, f"{data.var['kind'].iloc[k]}.{name}", 1e-6)


def check(folder):
    rows = list(csv.DictReader(open(folder / "cells.csv", newline="")))
    data = anndata.read_h5ad(folder / "cells_0000000060.h5ad")
    compare(data, rows)
    assert data.uns["perforin"]["simulated"].startswith("SIMULATED")
    assert data.uns["perforin"]["minute"] == 6 and data.uns["perforin"]["step"] == 60
    assert data.uns["units"]["spatial"] == "um" and data.uns["units"]["volume"] == "um3"
    oxygen = data.X[:, list(data.var_names).index("oxygen")]
    assert 0 < oxygen.min() <= oxygen.max() <= 38.01, (oxygen.min(), oxygen.max())
    volume = 4 / 3 * 3.141592653589793 * data.obs["radius"] ** 3
    assert (abs(volume / data.obs["volume"] - 1) < 1e-9).all()
    copy = folder / "again.h5ad"
    data.write_h5ad(copy)  # whatever anndata would refuse to keep
    compare(anndata.read_h5ad(copy), rows)
    return data


def neighbours(data):
    """squidpy's own conventions: obsm['spatial'], uns['spatial']."""
    try:
        import squidpy
    except ImportError:
        return "squidpy is not installed and took no part"
    squidpy.gr.spatial_neighbors(data, coord_type="generic", radius=25.0)
    squidpy.gr.nhood_enrichment(data, cluster_key="type", n_perms=10, show_progress_bar=False)
    (library,) = data.uns["spatial"].keys()
    assert data.uns["spatial"][library]["scalefactors"]["spot_diameter_fullres"] > 1
    return f"squidpy {squidpy.__version__} found {data.obsp['spatial_connectivities'].nnz} neighbours"


def main():
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        for name in (one, two):
            subprocess.run([sys.argv[1], name], check=True)
        for path in pathlib.Path(one).glob("*.h5ad"):
            assert path.read_bytes() == (pathlib.Path(two) / path.name).read_bytes(), f"{path.name} differs when written again"
        data = check(pathlib.Path(one))
        print(f"snapshots: {data.n_obs} cells, {data.n_vars} variables, read by anndata; {neighbours(data)}")


main()
