/* docs/reference/tissue.md, from the tables that read the file. */
#include "tissue/outcome.h"
#include "tissue/setup_parts.h"

static const char HEAD[] =
    "# Tissues: a lesion of single cells\n\n"
    "Made from the tables that read the file; a test keeps it current. A tissue file is "
    "checked "
    "by\n`perforin check FILE` and simulated by `perforin tissue run FILE`. Quantities are "
    "numbers with a unit; anything\nthat is no number with that unit, a name that is not "
    "there, "
    "and a key that means nothing are refused, all of\nthem at once. `source` may stand in "
    "every "
    "map.\n\n"
    "```yaml\n"
    "tissue: two-cells\n"
    "domain: {size: [200, 200, 200] um, voxel: 20 um}\n"
    "duration: 60 min\n"
    "substances:\n"
    "  - {name: oxygen, unit: mmHg, diffusion: 1e5 um2/min, decay: 0.1 1/min, initial: 38 "
    "mmHg, "
    "border: 38 mmHg}\n"
    "cells:\n"
    "  - name: tumour\n"
    "    cycle: {model: live, live: 23 hour}\n"
    "    exchange: [{substance: oxygen, uptake: 10 1/min}]\n"
    "    antigens: [{name: MICA, median: 1e4 copies, sd_log: 0.5}]\n"
    "  - name: NK\n"
    "    radius: 5.2 um\n"
    "    motility: {speed: 5 um/min, persistence: 10 min}\n"
    "    receptors: [{name: NKG2D, median: 1e4 copies}]\n"
    "    killer:\n"
    "      attacks: tumour\n"
    "      recognition: [{receptor: NKG2D, antigen: MICA, half: 1e8}]\n"
    "      bind: 1 1/min\n"
    "      hold: 60 min\n"
    "      attempts: 0.02 1/min\n"
    "      granules: 10\n"
    "place:\n"
    "  - {cells: tumour, shape: ball, radius: 60 um, packed: yes}\n"
    "  - {cells: NK, shape: shell, inner: 70 um, outer: 90 um, count: 20}\n"
    "```\n";

static const char STEPS[] =
    "\n## Steps that are refused\n\n"
    "| step | largest | because |\n|---|---|---|\n"
    "| field | 32 voxel^2 / diffusion | in one step a substance would spread over more than 8 "
    "voxels |\n"
    "| field | 0.5 / (decay, or secretion and uptake of a cell that fills its voxel) | more "
    "than "
    "half of what is there would change |\n"
    "| mechanics | half the smallest radius / the largest of speed, repulsion, adhesion and "
    "wall "
    "| cells would jump over each other |\n"
    "| phenotype | 0.5 / the largest rate of a volume, phase or death | it would be half over "
    "|\n\n"
    "Fields are solved implicitly, so that smaller errors, not stability, ask for smaller "
    "steps: "
    "halve a step and\ncompare.\n";

static const char OUTCOMES[] =
    "\n## Kinds of outcomes\n\n"
    "Everything since the beginning counts cells that are gone, too. The surface of a tumour "
    "is "
    "seen from the centroid of\nits cells and bodies: directions are parted into at most 96 "
    "patches (of 16 cells each on average), and in each the\ntumour ends where 97.5 % of its "
    "cells end. Depth is counted from there towards the centroid. Where there is nobody\nto "
    "ask "
    "the field is empty.\n\n";

static const char RUN[] =
    "\n## What a run writes\n\n"
    "`perforin tissue run FILE` writes the folder `runs/<name>`, the same bytes for any number "
    "of threads (but for\n`log.jsonl` and the part `machine` of the manifest).\n\n"
    "| file | holds |\n|---|---|\n"
    "| `tissue.yaml` | the tissue file as it was read |\n"
    "| `rules.csv` | its table of rules as it was read, if it has one |\n"
    "| `manifest.json` | state (`running`, `stopped`, `complete`), version, seed, minutes, "
    "hashes of results, machine |\n"
    "| `counts.csv` | every `output: every`: `time_min`; for each type `<type>.alive`, "
    "`.apoptotic`, `.swelling`, `.lysed`, of killers `.bound`, and of molecules that can be "
    "lost "
    "for good `.without.<molecule>` (living cells); then `births`, `kills`, "
    "`apoptoses`, `necroses` since the beginning; for each substance `<name>.mean`, `.min`, "
    "`.max` over voxels |\n"
    "| `outcomes.csv` | at the same moments: `time_min`, then a column for each of "
    "`outcomes:`, if "
    "the file has them |\n"
    "| `events.csv` | what killers do: `time_min`, `event` (`bound`, `killed`, `let-go`), "
    "`killer`, `target` (ids), and where the killer was |\n"
    "| `lives.csv` | what becomes of cells: `time_min`, `event` (`placed`, `born`, "
    "`apoptosis`, `necrosis`, `lysis`, `gone`), `id`, `type`, `other` (of `born` the mother, "
    "of "
    "`apoptosis` the killer, empty where nobody), and where. Mothers and daughters are the "
    "lineage of the whole run |\n"
    "| `cells.csv` | every cell at the end: id, mother, type, state, phase, place, radius, "
    "divisions, kills, granules, molecules |\n"
    "| `snapshots/` | where `output: snapshots` asks for it: `cells_N.vtp` (a point for each "
    "cell, with the columns of `cells.csv` as numbers; `type` counts from 0 in the field data "
    "`types`, `state` is 0 alive, 1 apoptotic, 2 swelling, 3 lysed) and `fields_N.vti` (voxels "
    "of each substance) of the beginning, each moment and the end, N the step; `cells.pvd` and "
    "`fields.pvd` name their minutes. VTK and ParaView open them. `cells_N.h5ad` is for "
    "AnnData, "
    "scanpy and squidpy: `obs` (type, state, phase, class and numbers of each cell), "
    "`obsm['spatial']` (um), `X` (molecules, and each substance's level at the cell), units in "
    "`uns['units']` |\n"
    "| `snapshots.csv` | where there are snapshots, their files: `time_min`, `step`, `file`, "
    "`bytes`, `hash` (FNV-1a, 64 bits, as in the manifest) |\n"
    "| `checkpoint.bin` | the whole lesion at its last checkpoint, from which the run goes on; "
    "of a complete run at its end, so that it can last longer. May be deleted then |\n"
    "| `partial/` | results of a run that is not complete, as far as they came. They move up "
    "when all of them are whole |\n"
    "| `log.jsonl` | what happened when |\n\n"
    "Apoptoses include kills. A cell that has gone is in no table.\n";

static const char RESUME[] =
    "\n## Stopping and going on\n\n"
    "A run keeps a checkpoint about every minute (`output: checkpoint`), and when Ctrl-C or "
    "SIGTERM stops it; a\nsecond signal ends it at once. `perforin tissue run FILE --resume` "
    "goes on from the last checkpoint: after a stop,\na crash, a full disk. The folder is in "
    "the end the same, byte for byte, as that of a run that never stopped, on any\nnumber of "
    "threads. Results that are younger than the checkpoint are cut off, snapshots taken away; "
    "they are made again.\n\n"
    "What the file says must be what it said when the run began, but for titles, comments, "
    "`duration` and\n`output: checkpoint`; else the run is refused, and told what differs. "
    "Seed and end stay those of the run where the\ncommand names no others. `--max-time` sets "
    "another end, of a complete run too: one that lasted an hour goes on to\ntwo, and is then "
    "the same as one that lasted two at once. Damaged files are told and never used; `--force` "
    "begins\nagain.\n";

void pf_setup_reference(pf_buf *out)
{
    static const pf_fields *const TABLES[] = {&PF_TISSUE_FIELDS};
    pf_buf_text(out, HEAD);
    pf_field_reference(TABLES, PF_COUNT(TABLES), out);
    pf_buf_text(out, STEPS);
    pf_buf_text(out, OUTCOMES);
    pf_outcomes_reference(out);
    pf_buf_text(out, RUN);
    pf_buf_text(out, RESUME);
}
