#!/usr/bin/env python3
"""Snapshots as other programs see them: snapshot_vtk.py TEST_SNAPSHOT

Has the test program write snapshots and the table of cells, reads the .vtp, .vti and .pvd with a strict parser of their formats
(Python's XML, lengths of all appended arrays) and, where the vtk package is there, with VTK itself, and compares: cells.csv by
number, what both readers see by bit. Says whether VTK took part.
"""
import csv
import pathlib
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

TYPES = {"Float64": "d", "Float32": "f", "UInt64": "Q", "Int64": "q", "UInt16": "H", "UInt8": "B"}
STATES = ["alive", "apoptotic", "swelling", "lysed"]


def strict(path):
    """Root element, and each appended array by name; nothing may be left between or behind them."""
    raw = path.read_bytes()
    marker = b'<AppendedData encoding="raw">\n_'
    begin = raw.index(marker) + len(marker)
    tail = b"\n</AppendedData>\n</VTKFile>\n"
    assert raw.endswith(tail), path
    root = xml.fromstring(raw[:begin] + tail)
    data, at, arrays = raw[begin:-len(tail)], 0, {}
    order = "<" if root.get("byte_order") == "LittleEndian" else ">"
    for item in root.iter("DataArray"):
        if item.get("format") != "appended":
            continue
        assert int(item.get("offset")) == at, (path, item.attrib)
        size, = struct.unpack_from(order + "Q", data, at)
        code = TYPES[item.get("type")]
        arrays[item.get("Name")] = struct.unpack_from(f"{order}{size // struct.calcsize(code)}{code}", data, at + 8)
        at += 8 + size
    assert at == len(data), path
    return root, arrays


def words(root, name):
    text = next(item for item in root.iter("Array") if item.get("Name") == name).text
    return [bytes(map(int, part.split())).decode() for part in (" " + text).split(" 0 ") if part.strip()]


def check_cells(folder, root, arrays):
    rows = list(csv.DictReader(open(folder / "cells.csv", newline="")))
    types = words(root, "types")
    assert types == ["tumour", "killer"], types
    assert words(root, "simulated")[0].startswith("SIMULATED")
    assert len(rows) == len(arrays["id"]) > 50
    for i, row in enumerate(rows):
        assert int(row["id"]) == arrays["id"][i]
        assert int(row["mother"] or 0) == arrays["mother"][i]
        assert row["type"] == types[arrays["type"][i]]
        assert row["state"] == STATES[arrays["state"][i]]
        assert [float(row[k]) for k in ("x_um", "y_um", "z_um")] == list(arrays["position"][3 * i:3 * i + 3])
        assert float(row["radius_um"]) == arrays["radius"][i]
        assert int(row["target"] or 0) == arrays["target"][i] or row["type"] == "tumour"
        assert int(row["kills"]) == arrays["kills"][i] and int(row["divisions"]) == arrays["divisions"][i]
        assert row["type"] == "tumour" or abs(float(row["granules"]) - arrays["granules"][i]) < 1e-6
        assert abs(float(row['antigen.A<"&">']) - arrays['antigen.A<"&">'][i]) <= 1e-6 * arrays['antigen.A<"&">'][i]


def check_vtk(vtk, path, arrays, reader, of):
    reader.SetFileName(str(path))
    reader.Update()
    seen = reader.GetOutput()
    data = getattr(seen, of)()
    for k in range(data.GetNumberOfArrays()):
        array = data.GetArray(k)
        values = tuple(array.GetTuple1(i) for i in range(array.GetNumberOfTuples()))
        assert values == tuple(float(x) for x in arrays[array.GetName()]), (path, array.GetName())
    fields = seen.GetFieldData()
    assert fields.GetAbstractArray("types").GetValue(1) == "killer"
    assert fields.GetAbstractArray("simulated").GetValue(0).startswith("SIMULATED")
    assert fields.GetAbstractArray("TimeValue").GetTuple1(0) == 6
    return seen, data.GetNumberOfArrays()


def by_vtk(vtk, folder, cells, fields):
    path = folder / "cells_0000000060.vtp"
    seen, n = check_vtk(vtk, path, cells, vtk.vtkXMLPolyDataReader(), "GetPointData")
    assert n == len(cells) - 3 and seen.GetNumberOfVerts() == len(cells["id"])
    assert [x for i in range(seen.GetNumberOfPoints()) for x in seen.GetPoint(i)] == list(cells["position"])
    path = folder / "fields_0000000060.vti"
    seen, n = check_vtk(vtk, path, fields, vtk.vtkXMLImageDataReader(), "GetCellData")
    assert n == len(fields) == 2 and seen.GetNumberOfCells() == len(fields["oxygen"])
    assert seen.GetBounds()[0] == -72 and abs(seen.GetBounds()[1] - 72) < 1e-9, seen.GetBounds()


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([sys.argv[1], name], check=True)
        root, cells = strict(folder / "cells_0000000060.vtp")
        check_cells(folder, root, cells)
        root, fields = strict(folder / "fields_0000000060.vti")
        extent = [int(x) for x in next(root.iter("Piece")).get("Extent").split()]
        assert len(fields["oxygen"]) == extent[1] * extent[3] * extent[5]
        for kind, ending in (("cells", "vtp"), ("fields", "vti")):
            sets = list(xml.parse(folder / f"{kind}.pvd").iter("DataSet"))
            assert [float(s.get("timestep")) for s in sets] == [0, 6]
            for s in sets:
                strict(folder / s.get("file"))
                assert s.get("file").endswith(ending)
        try:
            import vtk
        except ImportError:
            print(f"snapshots: {len(cells['id'])} cells, read strictly; VTK is not installed and took no part")
            return
        by_vtk(vtk, folder, cells, fields)
        print(f"snapshots: {len(cells['id'])} cells, read strictly and by VTK {vtk.vtkVersion.GetVTKVersion()}")


main()
