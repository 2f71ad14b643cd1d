"""Which models of the SBML Test Suite and of BioModels have units that clash by libSBML's own check of units.

Only models of which libSBML can tell: a clash (rules 10501 to 10599), or no clash with every unit declared (no 995xx).
Writes tests/data/units_libsbml.csv: path under ../shared/sbml, 1 for a clash.
"""
import pathlib

import libsbml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "sbml"


def verdict(path):
    document = libsbml.readSBML(str(path))
    if document.getNumErrors(libsbml.LIBSBML_SEV_ERROR):
        return None
    for category in range(9):
        document.setConsistencyChecks(category, False)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, True)
    document.checkConsistency()
    ids = [document.getError(i).getErrorId() for i in range(document.getNumErrors())]
    if any(10501 <= i <= 10599 for i in ids):
        return 1
    model = document.getModel()
    says = model is not None and (model.getNumUnitDefinitions() or document.getLevel() == 2)
    return None if not says or any(99501 <= i <= 99599 for i in ids) else 0


rows = []
for path in sorted([*SHARED.glob("semantic/*/model.xml"), *SHARED.glob("biomodels/*.xml")]):
    found = verdict(path)
    if found is not None:
        rows.append(f"{path.relative_to(SHARED)},{found}\n")
(ROOT / "tests" / "data" / "units_libsbml.csv").write_text("model,clash\n" + "".join(rows))
